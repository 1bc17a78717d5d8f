import type { IdentityValues } from '../../../src/scim/identities/identity-values.js';
import { planChange } from '../../../src/scim/identities/plan-change.js';

const resource = { userName: 'ada', externalId: 'E-1', active: true, title: 'Countess' };
const unlinked: IdentityValues = { state: 'provisioned', accountId: null, linkedBy: null, resource };
const linked: IdentityValues = { state: 'active', accountId: 'account-1', linkedBy: 'externalId', resource };
const suspended: IdentityValues = { ...linked, state: 'suspended', resource: { ...resource, active: false } };

describe('planChange', () => {
  it.each([
    ['an equal resource', unlinked, { ...resource }, []],
    [
      'the same attributes in another order',
      unlinked,
      { title: 'Countess', active: true, externalId: 'E-1', userName: 'ada' },
      [],
    ],
    ['a changed value', unlinked, { ...resource, title: 'Dr' }, [['scim.user.updated', 'title']]],
    ['an added attribute', unlinked, { ...resource, nickName: 'A' }, [['scim.user.updated', 'nickName']]],
    [
      'a removed attribute',
      unlinked,
      { userName: 'ada', externalId: 'E-1', active: true },
      [['scim.user.updated', 'title']],
    ],
    ['active false', unlinked, { ...resource, active: false }, [['scim.user.deactivated', 'active']]],
    ['active true', suspended, { ...resource }, [['scim.user.reactivated', 'active']]],
    [
      'a change and active false at once',
      linked,
      { ...resource, title: 'Dr', active: false },
      [
        ['scim.user.updated', 'title'],
        ['scim.user.deactivated', 'active'],
      ],
    ],
  ])('tells of %s what happened', (_what, before, after, expected) => {
    const { happenings } = planChange(before, after);
    expect(happenings.map(({ type, changed }) => [type, ...changed])).toEqual(expected);
  });

  it.each([
    ['an unlinked identity', unlinked, { ...resource, active: false }, 'suspended', true],
    ['a linked identity', linked, { ...resource, active: false }, 'suspended', true],
    ['a suspended, linked identity', suspended, resource, 'active', false],
    [
      'a suspended, unlinked identity',
      { ...suspended, accountId: null, linkedBy: null },
      resource,
      'provisioned',
      false,
    ],
    ['an identity whose active stays', linked, { ...resource, title: 'Dr' }, 'active', false],
  ])('moves %s', (_what, before, after, state, cutsAccess) => {
    expect(planChange(before, after)).toMatchObject({
      cutsAccess,
      after: { state, resource: after, accountId: before.accountId, linkedBy: before.linkedBy },
    });
  });

  it.each([
    ['changed', { ...resource, externalId: 'E-2' }],
    ['spelled otherwise', { ...resource, externalId: 'e-1' }],
    ['removed', { userName: 'ada', active: true, title: 'Countess' }],
    ['changed while the user is deactivated', { ...resource, externalId: 'E-2', active: false }],
  ])('refuses to have an external id %s that a login was linked by', (_how, after) => {
    expect(() => planChange(linked, after)).toThrow(expect.objectContaining({ status: 400, scimType: 'mutability' }));
  });

  it('lets the external id change where the login was linked by the user name, and the user name always', () => {
    expect(planChange({ ...linked, linkedBy: 'userName' }, { ...resource, externalId: 'E-2' }).happenings).toHaveLength(
      1,
    );
    expect(planChange(linked, { ...resource, userName: 'ada.king' }).happenings).toHaveLength(1);
    expect(planChange(unlinked, { ...resource, externalId: 'E-2' }).happenings).toHaveLength(1);
  });
});
