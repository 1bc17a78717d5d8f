import type { LinkedBy } from '../persistence/entities/provisioned-identity.entity.js';
import type { SeenLoginRow } from '../persistence/link-check-statements.js';

/** What a login's NameID has to do with the people who are provisioned. */
export type LoginMeaning =
  /** It found its person. */
  | { readonly type: 'linked'; readonly by: LinkedBy; readonly identityId: string }
  /** It came before its person did; the next login finds them. */
  | { readonly type: 'waiting'; readonly by: LinkedBy; readonly identityId: string }
  /** Its person is linked by another NameID. */
  | { readonly type: 'linked-before'; readonly identityId: string }
  /** It is one person's externalId and another one's userName. */
  | { readonly type: 'ambiguous'; readonly identityId: string }
  /** It only looks like a person: their e-mail address, their externalId in other cases, or what stands before an `@`. */
  | { readonly type: 'email' | 'case' | 'part'; readonly identityId: string }
  /** It is empty, transient or no text. */
  | { readonly type: 'unusable'; readonly identityId: null }
  | { readonly type: 'unknown'; readonly identityId: null };

/** Undefined: its person has come in by another NameID since, so it tells nothing any more. */
export function meaningOf(login: SeenLoginRow): LoginMeaning | undefined {
  const { identityId, byExternalId, byUserName } = login;
  if (login.nameId === '') return { type: 'unusable', identityId: null };
  if (identityId !== null) return { type: 'linked', by: login.linkedBy ?? 'userName', identityId };
  if (byExternalId !== null && byUserName !== null && byExternalId !== byUserName) {
    return { type: 'ambiguous', identityId: byExternalId };
  }
  if (login.meantAt !== null && login.meantAt.getTime() >= login.at.getTime()) return undefined;
  return exactMeaning(login) ?? vagueMeaning(login);
}

function exactMeaning({ byExternalId, byUserName, meantAccount }: SeenLoginRow): LoginMeaning | undefined {
  const identityId = byExternalId ?? byUserName;
  if (identityId === null) return undefined;
  if (meantAccount !== null) return { type: 'linked-before', identityId };
  return { type: 'waiting', by: byExternalId === null ? 'userName' : 'externalId', identityId };
}

function vagueMeaning({ near, nearBy, own }: SeenLoginRow): LoginMeaning {
  if (near !== null && nearBy !== null) return { type: nearBy, identityId: near };
  return own === null ? { type: 'unknown', identityId: null } : { type: 'linked-before', identityId: own };
}
