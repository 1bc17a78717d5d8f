import type { Profile } from '@node-saml/node-saml';

/** What a verified assertion says. */
export interface SamlLogin {
  /** Exactly as signed: not trimmed, not folded. */
  readonly nameId: string;
  readonly nameIdFormat?: string;
  /** The AuthnRequest it answers. */
  readonly requestId: string;
  /** Undefined where the identity provider says that it could not list them. */
  readonly groups?: readonly string[];
}

/** The name that the settings guide asks for, and the one that Entra ID gives the claim by default. */
const GROUP_CLAIMS = ['groups', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups'];
/** Entra ID sends this link instead of the claim for people in more than 150 groups. */
const GROUPS_ELSEWHERE = 'http://schemas.microsoft.com/claims/groups.link';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

/**
 * Reads the profile that node-saml made of a signed assertion, and checks what node-saml leaves open: that it comes from
 * the issuer, and that the signed part itself (not the unsigned envelope) is for this address and answers a request.
 * @throws Error with the reason, for the log.
 */
export function readSamlLogin(profile: Profile, expected: { issuer: string; callbackUrl: string }): SamlLogin {
  if (profile.issuer !== expected.issuer) throw new Error(`The assertion's issuer is "${profile.issuer}".`);
  if (!profile.nameID) throw new Error('The assertion has no NameID.');
  const confirmation = bearerConfirmations(profile.getAssertion?.()).find(
    ({ Recipient }) => Recipient === expected.callbackUrl,
  );
  if (!confirmation) throw new Error('The assertion is not for this address.');
  if (!confirmation.InResponseTo) throw new Error('The assertion answers no request.');
  const groups = readGroups(profile.attributes);
  return {
    nameId: profile.nameID,
    ...(profile.nameIDFormat ? { nameIdFormat: profile.nameIDFormat } : {}),
    requestId: confirmation.InResponseTo,
    ...(groups ? { groups } : {}),
  };
}

/** No claim means no groups: identity providers leave it out for people who are in none. */
function readGroups(attributes: unknown): readonly string[] | undefined {
  if (childrenOf(attributes, GROUPS_ELSEWHERE).length > 0) return undefined;
  return GROUP_CLAIMS.flatMap((name) => childrenOf(attributes, name)).filter((value) => typeof value === 'string');
}

/** The attributes of each bearer SubjectConfirmationData. */
function bearerConfirmations(document: unknown): Readonly<Record<string, string | undefined>>[] {
  return childrenOf(document, 'Assertion')
    .flatMap((assertion) => childrenOf(assertion, 'Subject'))
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

function attributesOf(element: unknown): Readonly<Record<string, string | undefined>> {
  const [attributes] = childrenOf(element, '$');
  if (typeof attributes !== 'object' || attributes === null) return {};
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => typeof value === 'string'));
}
