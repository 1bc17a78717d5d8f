import type { Profile } from '@node-saml/node-saml';
import { isStorable } from '../http/text.js';

/** What a verified assertion says. */
export interface SamlLogin {
  /** Exactly as signed: not trimmed, not folded. */
  readonly nameId: string;
  readonly nameIdFormat?: string;
  /** The AuthnRequest it answers. */
  readonly requestId: string;
  readonly assertionId: string;
  /** From when on nobody accepts it any more; ISO 8601. */
  readonly notOnOrAfter: string;
  /** Undefined where the identity provider says that it could not list them. */
  readonly groups?: readonly string[];
}

/** The name that the settings guide asks for, and the one that Entra ID gives the claim by default. */
const GROUP_CLAIMS = ['groups', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups'];
/** Entra ID sends this link instead of the claim for people in more than 150 groups. */
const GROUPS_ELSEWHERE = 'http://schemas.microsoft.com/claims/groups.link';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

type Attributes = Readonly<Record<string, string | undefined>>;

/**
 * Reads the profile that node-saml made of a signed assertion, and checks what node-saml leaves open: that it comes from
 * the issuer, that its NameID is one text, and that the signed part itself (not the unsigned envelope) is for this address,
 * answers a request and ends.
 * @throws Error with the reason, for the log.
 */
export function readSamlLogin(profile: Profile, expected: { issuer: string; callbackUrl: string }): SamlLogin {
  if (profile.issuer !== expected.issuer) throw new Error(`The assertion's issuer is "${profile.issuer}".`);
  const [assertion] = childrenOf(profile.getAssertion?.(), 'Assertion');
  const nameId = readNameId(assertion);
  const [confirmation, ...others] = bearerConfirmations(assertion);
  // node-saml checks the time of one that it chooses itself.
  if (others.length > 0) throw new Error('The assertion has two bearer confirmations.');
  if (confirmation?.Recipient !== expected.callbackUrl) throw new Error('The assertion is not for this address.');
  if (!confirmation.InResponseTo) throw new Error('The assertion answers no request.');
  const assertionId = attributesOf(assertion).ID;
  if (!assertionId) throw new Error('The assertion has no ID.');
  const groups = readGroups(profile.attributes);
  return {
    nameId,
    ...(profile.nameIDFormat ? { nameIdFormat: profile.nameIDFormat } : {}),
    requestId: confirmation.InResponseTo,
    assertionId,
    notOnOrAfter: toInstant(confirmation.NotOnOrAfter),
    ...(groups ? { groups } : {}),
  };
}

/** One NameID of one text: of mixed content one reader takes the first text and another all of them. */
function readNameId(assertion: unknown): string {
  const [nameId, ...others] = childrenOf(assertion, 'Subject').flatMap((subject) => childrenOf(subject, 'NameID'));
  if (typeof nameId !== 'object' || nameId === null || others.length > 0) throw new Error('There is not one NameID.');
  if (Object.keys(nameId).some((key) => key !== '_' && key !== '$')) throw new Error('The NameID holds elements.');
  const [text] = childrenOf(nameId, '_');
  if (typeof text !== 'string' || text === '') throw new Error('The NameID is empty.');
  if (!isStorable(text)) throw new Error('The NameID holds characters that no text may have.');
  return text;
}

function toInstant(text: string | undefined): string {
  const time = Date.parse(text ?? '');
  if (Number.isNaN(time)) throw new Error('The assertion does not say when it ends.');
  return new Date(time).toISOString();
}

/** No claim means no groups: identity providers leave it out for people who are in none. */
function readGroups(attributes: unknown): readonly string[] | undefined {
  if (childrenOf(attributes, GROUPS_ELSEWHERE).length > 0) return undefined;
  return GROUP_CLAIMS.flatMap((name) => childrenOf(attributes, name))
    .filter((value) => typeof value === 'string')
    .filter(isStorable);
}

/** The attributes of each bearer SubjectConfirmationData. */
function bearerConfirmations(assertion: unknown): Attributes[] {
  return childrenOf(assertion, 'Subject')
    .flatMap((subject) => childrenOf(subject, 'SubjectConfirmation'))
    .filter((confirmation) => attributesOf(confirmation).Method === BEARER)
    .flatMap((confirmation) => childrenOf(confirmation, 'SubjectConfirmationData'))
    .map(attributesOf);
}

/** In what xml2js yields, a child is a value or a list of values under its name. */
function childrenOf(element: unknown, name: string): unknown[] {
  if (typeof element !== 'object' || element === null || !Object.hasOwn(element, name)) return [];
  const child: unknown = Reflect.get(element, name);
  return Array.isArray(child) ? child : [child];
}

function attributesOf(element: unknown): Attributes {
  const [attributes] = childrenOf(element, '$');
  if (typeof attributes !== 'object' || attributes === null) return {};
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => typeof value === 'string'));
}
