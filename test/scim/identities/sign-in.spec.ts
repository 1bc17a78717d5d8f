import { decideSignIn, type SignInDecision, type SignInFacts } from '../../../src/scim/identities/sign-in.js';
import { anIdentity } from './an-identity.js';

const link = { id: 'link-1', nameId: 'E-1', accountId: 'account-1', identityId: null };
const theirs = anIdentity();
const linked = anIdentity({ state: 'active', accountId: 'account-1', linkedBy: 'externalId' });
const removed = anIdentity({ state: 'deprovisioned', accountId: 'account-1', linkedBy: 'externalId' });
const again = anIdentity({ id: '00000000-0000-4000-8000-000000000002' });

const decide = (facts: Partial<SignInFacts>): SignInDecision =>
  decideSignIn({
    nameId: 'E-1',
    link: undefined,
    identities: [],
    tombstone: false,
    signedInAccountId: undefined,
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
    ['left a tombstone', { tombstone: true }, 'deprovisioned'],
    ['left a tombstone, signed in or not', { tombstone: true, signedInAccountId: 'account-9' }, 'deprovisioned'],
    ['left a tombstone, though the login was known before SCIM was', { tombstone: true, link }, 'deprovisioned'],
    ['could be one of two', { identities: [theirs, again] }, 'ambiguous'],
    [
      'could be one of two, one of them suspended',
      { identities: [theirs, { ...again, state: 'suspended' }] },
      'ambiguous',
    ],
    ['is linked by another NameID or SSO connection', { identities: [linked] }, 'identity-already-linked'],
    ['nobody provisioned, JIT being off', { allowJit: false }, 'jit-disabled'],
  ])('refuses a person who %s', (_who, facts, reason) => {
    expect(decide(facts)).toEqual({ type: 'refused', reason });
  });

  it.each<[string, Partial<SignInFacts>, string | undefined]>([
    ['a stranger', {}, undefined],
    ['an account that was signed in', { signedInAccountId: 'account-9' }, 'account-9'],
    ['a NameID that is known', { link }, 'account-1'],
    ['a NameID that is known, whoever else is signed in', { link, signedInAccountId: 'account-9' }, 'account-1'],
    ['a NameID that is known, JIT being off now', { link, allowJit: false }, 'account-1'],
  ])('lets in just in time %s', (_who, facts, accountId) => {
    expect(decide(facts)).toEqual({ type: 'jit', accountId });
  });
});
