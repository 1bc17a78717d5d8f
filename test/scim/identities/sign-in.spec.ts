import {
  decideSignIn,
  isUsableNameId,
  type SignInDecision,
  type SignInFacts,
} from '../../../src/scim/identities/sign-in.js';
import { anIdentity } from './an-identity.js';

const link = { id: 'link-1', nameId: 'E-1', accountId: 'account-1', identityId: null };
const theirs = anIdentity();
const linked = anIdentity({ state: 'active', accountId: 'account-1', linkedBy: 'externalId' });
const removed = anIdentity({ state: 'deprovisioned', accountId: 'account-1', linkedBy: 'externalId' });
const REMOVED_AT = removed.stateChangedAt;
const LATER = new Date(REMOVED_AT.getTime() + 1);
const again = anIdentity({ id: '00000000-0000-4000-8000-000000000002' });

const decide = (facts: Partial<SignInFacts>): SignInDecision =>
  decideSignIn({
    nameId: 'E-1',
    link: undefined,
    identities: [],
    tombstones: [],
    signedInAccountId: undefined,
    signedInMemberSince: undefined,
    allowJit: true,
    ...facts,
  });

describe('decideSignIn', () => {
  it.each<[string, Partial<SignInFacts>, unknown]>([
    [
      'the external id',
      { identities: [theirs] },
      { type: 'linked', identity: theirs, linkedBy: 'externalId', accountId: undefined },
    ],
    [
      'the user name',
      { nameId: 'ADA@acme.example', identities: [theirs] },
      { type: 'linked', identity: theirs, linkedBy: 'userName' },
    ],
    [
      'the external id first where both are equal to it',
      { identities: [anIdentity({ userName: 'E-1', userNameKey: 'e-1' })] },
      { type: 'linked', linkedBy: 'externalId' },
    ],
    [
      'its link, for the account of the link, whoever else is signed in',
      { identities: [linked], link: { ...link, identityId: linked.id }, signedInAccountId: 'account-9' },
      { type: 'linked', identity: linked, accountId: 'account-1' },
    ],
    [
      'its link, though another identity took the name meanwhile',
      { identities: [linked, again], link: { ...link, identityId: linked.id } },
      { type: 'linked', identity: linked },
    ],
    [
      'a login from before the identity was provisioned',
      { identities: [theirs], link },
      { type: 'linked', identity: theirs, accountId: 'account-1' },
    ],
    [
      'the account that was signed in',
      { identities: [theirs], signedInAccountId: 'account-9' },
      { type: 'linked', accountId: 'account-9' },
    ],
  ])('knows a person by %s', (_how, facts, expected) => {
    expect(decide(facts)).toMatchObject(expected as object);
  });

  it.each<[string, Partial<SignInFacts>, string | undefined]>([
    ['whose external id is the NameID', { identities: [removed, again] }, 'account-1'],
    [
      'whose external id is the same, though the NameID was the user name',
      { nameId: 'ada@acme.example', identities: [removed, again] },
      'account-1',
    ],
    [
      'who has only the user name of the one before',
      { nameId: 'ada@acme.example', identities: [removed, { ...again, externalId: 'E-2' }] },
      undefined,
    ],
    [
      'without external id, by user name',
      {
        nameId: 'ada@acme.example',
        identities: [
          { ...removed, externalId: null },
          { ...again, externalId: null },
        ],
      },
      undefined,
    ],
    [
      'who has only the user name, but is signed in',
      {
        nameId: 'ada@acme.example',
        identities: [removed, { ...again, externalId: 'E-2' }],
        signedInAccountId: 'account-9',
      },
      'account-9',
    ],
  ])('gives a person %s who was provisioned again after a removal the right account', (_who, facts, accountId) => {
    const remembered = { ...link, identityId: removed.id };
    expect(decide({ link: remembered, ...facts })).toMatchObject({ type: 'linked', identity: { id: again.id } });
    expect(decide({ link: remembered, ...facts })).toHaveProperty('accountId', accountId);
  });

  it.each<[string, Partial<SignInFacts>, string]>([
    ['is suspended', { identities: [anIdentity({ state: 'suspended' })] }, 'suspended'],
    [
      'is suspended and linked',
      { identities: [{ ...linked, state: 'suspended' }], link: { ...link, identityId: linked.id } },
      'suspended',
    ],
    ['was removed', { identities: [removed], link: { ...link, identityId: removed.id } }, 'deprovisioned'],
    ['left a tombstone', { tombstones: ['somebody'] }, 'deprovisioned'],
    [
      'left a tombstone, signed in or not',
      { tombstones: ['somebody'], signedInAccountId: 'account-9' },
      'deprovisioned',
    ],
    [
      'left a tombstone, though the login was known before SCIM was',
      { tombstones: ['somebody'], link },
      'deprovisioned',
    ],
    ['could be one of two', { identities: [theirs, again] }, 'ambiguous'],
    [
      'could be one of two, one of them suspended',
      { identities: [theirs, { ...again, state: 'suspended' }] },
      'ambiguous',
    ],
    ['is linked by another NameID or SSO connection', { identities: [linked] }, 'identity-already-linked'],
    ['nobody provisioned, JIT being off', { allowJit: false }, 'jit-disabled'],
    [
      'is suspended under another NameID of the account',
      { nameId: 'N-2', identities: [{ ...linked, state: 'suspended' }], link },
      'suspended',
    ],
    [
      'is signed in to an account that is suspended',
      { nameId: 'N-2', identities: [{ ...linked, state: 'suspended' }], signedInAccountId: 'account-1' },
      'suspended',
    ],
    [
      'was removed under another NameID of the account',
      { nameId: 'N-2', identities: [removed], link },
      'deprovisioned',
    ],
    [
      'is signed in to an account that was removed',
      { nameId: 'N-2', identities: [removed], signedInAccountId: 'account-1' },
      'deprovisioned',
    ],
    [
      'is signed in to an account that another NameID leads to already',
      { nameId: 'N-2', identities: [linked], signedInAccountId: 'account-1' },
      'account-already-linked',
    ],
    [
      'was removed after the membership began',
      { identities: [removed], link, signedInAccountId: 'account-1', signedInMemberSince: REMOVED_AT },
      'deprovisioned',
    ],
    [
      'was removed, while another account was invited',
      { identities: [removed], link, signedInAccountId: 'account-9', signedInMemberSince: LATER },
      'deprovisioned',
    ],
    [
      'was invited again, but comes with the NameID of somebody else who was removed',
      {
        nameId: 'N-2',
        identities: [removed],
        tombstones: ['somebody'],
        signedInAccountId: 'account-1',
        signedInMemberSince: LATER,
      },
      'deprovisioned',
    ],
  ])('refuses a person who %s', (_who, facts, reason) => {
    expect(decide(facts)).toEqual({ type: 'refused', reason });
  });

  it.each<[string, Partial<SignInFacts>, string | undefined]>([
    ['a stranger', {}, undefined],
    ['an account that was signed in', { signedInAccountId: 'account-9' }, 'account-9'],
    ['a NameID that is known', { link }, 'account-1'],
    ['a NameID that is known, whoever else is signed in', { link, signedInAccountId: 'account-9' }, 'account-1'],
    ['a NameID that is known, JIT being off now', { link, allowJit: false }, 'account-1'],
    ['another NameID of an account that has an identity', { nameId: 'N-2', identities: [linked], link }, 'account-1'],
    [
      'a NameID that is known, though the account signed in is suspended',
      {
        link,
        identities: [{ ...linked, accountId: 'account-9', externalId: 'E-9', userNameKey: 'bob', state: 'suspended' }],
        signedInAccountId: 'account-9',
      },
      'account-1',
    ],
  ])('lets in just in time %s', (_who, facts, accountId) => {
    expect(decide(facts)).toEqual({ type: 'jit', accountId, forgotten: [] });
  });

  it.each<[string, Partial<SignInFacts>]>([
    ['its old NameID', { link: { ...link, identityId: removed.id }, tombstones: [removed.id] }],
    ['another NameID that it had', { nameId: 'N-2', link }],
    ['a new NameID', { nameId: 'N-2' }],
    ['the user name it was removed under', { nameId: 'ada@acme.example', tombstones: [removed.id] }],
  ])('takes an account that was invited again after its removal back by %s', (_how, facts) => {
    const signedIn = { signedInAccountId: 'account-1', signedInMemberSince: LATER };
    const decision = decide({ identities: [removed], ...signedIn, ...facts });
    expect(decision).toEqual({ type: 'jit', accountId: 'account-1', forgotten: [removed.id] });
  });

  it('gives the next person of a user name no account that was removed, whatever NameID led to it', () => {
    const next = { ...again, externalId: 'E-2' };
    const facts = { nameId: 'ada@acme.example', identities: [removed, next], link };
    expect(decide(facts)).toMatchObject({ type: 'linked', identity: next, accountId: undefined });
  });
});

describe('isUsableNameId', () => {
  const isUsable = (nameId: string): boolean =>
    isUsableNameId({ organizationId: 'acme', ssoConnectionId: 'saml-1', nameId });

  it.each([
    ['an empty text', ''],
    ['white space', ' \t'],
    ['a NUL', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['half a surrogate pair', 'a\ud800'],
    ['the other half', '\udc00a'],
    ['more than 1,024 characters', 'x'.repeat(1025)],
    ['more than 2,048 bytes', '\u20ac'.repeat(683)],
    ['more than 2,048 bytes once folded', '\u0130'.repeat(1000)],
    ['more than 1,024 characters once in NFC', '\ufb2c'.repeat(400)],
  ])('refuses %s', (_what, nameId) => {
    expect(isUsable(nameId)).toBe(false);
  });

  it.each([
    ['an opaque id', 'b8c6…'],
    ['a text as long as may be', 'x'.repeat(1024)],
    ['letters outside the basic plane', '\u{1f600}'],
  ])('takes %s', (_what, nameId) => {
    expect(isUsable(nameId)).toBe(true);
  });
});
