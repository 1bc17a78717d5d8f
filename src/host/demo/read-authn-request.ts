import { inflateRawSync } from 'node:zlib';

const LONGEST_XML = 20_000;

/**
 * The ID of an AuthnRequest that came by redirect (deflated, base64); undefined for anything else. The demo identity
 * provider needs nothing more of it: where answers go is its own setting, as it should be.
 */
export function readAuthnRequestId(samlRequest: string): string | undefined {
  try {
    const xml = inflateRawSync(Buffer.from(samlRequest, 'base64'), { maxOutputLength: LONGEST_XML }).toString('utf8');
    return /<(?:[\w-]+:)?AuthnRequest\s[^>]*?\bID="([\w.-]+)"/.exec(xml)?.[1];
  } catch {
    return undefined;
  }
}
