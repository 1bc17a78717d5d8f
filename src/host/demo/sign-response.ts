import { randomBytes } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { html as xml } from '../http/html.js';

export interface Assertion {
  /** Default: a new one. */
  readonly id?: string;
  readonly issuer: string;
  readonly audience: string;
  readonly acsUrl: string;
  /** ID of the AuthnRequest. */
  readonly inResponseTo: string;
  readonly nameId: string;
  readonly groups: readonly string[];
}

const LIFETIME_MS = 5 * 60 * 1000;
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
/** Where SAML wants the signature: after the assertion's issuer. */
const ASSERTION = `//*[local-name(.)='Assertion']`;

/** A SAML response whose assertion is signed, in base64 as the POST binding has it. */
export function signResponse(assertion: Assertion, privateKey: string, now: Date): string {
  const signature = new SignedXml({
    privateKey,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
  });
  signature.addReference({ xpath: ASSERTION, transforms: [ENVELOPED, EXCLUSIVE_C14N], digestAlgorithm: SHA256 });
  signature.computeSignature(toXml(assertion, now), {
    prefix: 'ds',
    location: { reference: `${ASSERTION}/*[local-name(.)='Issuer']`, action: 'after' },
  });
  return Buffer.from(signature.getSignedXml()).toString('base64');
}

/** The escaping of `html` is that of XML. Line breaks stand inside tags only, so no text has any. */
function toXml({ id = newId(), issuer, audience, acsUrl, inResponseTo, nameId, groups }: Assertion, now: Date): string {
  const issued = now.toISOString();
  const until = new Date(now.getTime() + LIFETIME_MS).toISOString();
  const values = groups.map((group) => xml`<saml:AttributeValue>${group}</saml:AttributeValue>`);
  const attributes = xml`<saml:AttributeStatement><saml:Attribute Name="groups">${values}</saml:Attribute></saml:AttributeStatement>`;
  return xml`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
  ID="${newId()}" Version="2.0" IssueInstant="${issued}" Destination="${acsUrl}" InResponseTo="${inResponseTo}"
><saml:Issuer>${issuer}</saml:Issuer
><samlp:Status><samlp:StatusCode Value="${SUCCESS}"/></samlp:Status
><saml:Assertion ID="${id}" Version="2.0" IssueInstant="${issued}"
><saml:Issuer>${issuer}</saml:Issuer
><saml:Subject><saml:NameID Format="${PERSISTENT}">${nameId}</saml:NameID
><saml:SubjectConfirmation Method="${BEARER}"
><saml:SubjectConfirmationData InResponseTo="${inResponseTo}" Recipient="${acsUrl}" NotOnOrAfter="${until}"/></saml:SubjectConfirmation></saml:Subject
><saml:Conditions NotBefore="${issued}" NotOnOrAfter="${until}"
><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions
><saml:AuthnStatement AuthnInstant="${issued}"
><saml:AuthnContext><saml:AuthnContextClassRef>${PASSWORD}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement
>${groups.length > 0 && attributes}</saml:Assertion></samlp:Response>`.text;
}

/** An XML id must not begin with a digit. */
const newId = (): string => `_${randomBytes(16).toString('hex')}`;
