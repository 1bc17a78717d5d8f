import { asOfNow } from '../../../src/scim/events/as-of-now.js';
import type { LaterEvents } from '../../../src/scim/persistence/dead-letter-statements.js';
import type { DueDelivery } from '../../../src/scim/persistence/outbox-statements.js';

const aDelivery = (type: string, payload: DueDelivery['payload'], personal: DueDelivery['personal'] = null) => ({
  eventSeq: '7',
  consumer: 'test',
  terminal: false,
  attempts: 0,
  replayed: true,
  id: 'event-1',
  type,
  organizationId: 'acme',
  aggregateId: 'aggregate-1',
  sequence: 3,
  payload,
  personal,
  tokenId: null,
  requestId: null,
  occurredAt: new Date(0),
});

const later = (fields: Partial<LaterEvents>): LaterEvents => ({
  type: '',
  payload: {},
  personal: null,
  attributes: null,
  types: [],
  mentioned: [],
  ...fields,
});

describe('asOfNow', () => {
  it('leaves an event alone that is the newest of its aggregate', () => {
    const delivery = aDelivery('scim.user.updated', { state: 'active', version: 2, changed: ['title'] });
    expect(asOfNow(delivery, undefined)).toBe(delivery);
  });

  it('tells what happened, and the state of now', () => {
    const delivery = aDelivery(
      'scim.user.updated',
      { state: 'active', version: 2, changed: ['title'], accountId: 'account-1' },
      { userName: 'ada', externalId: 'E-1', attributes: { userName: 'ada', title: 'Dr' } },
    );
    const told = asOfNow(
      delivery,
      later({
        payload: { state: 'suspended', version: 4, changed: ['active'] },
        personal: { userName: 'ada2' },
        attributes: { userName: 'ada2', title: 'Prof' },
        types: ['scim.user.updated', 'scim.user.deactivated'],
      }),
    );
    expect(told).toEqual({
      ...delivery,
      payload: { state: 'suspended', version: 4, changed: ['title'] },
      personal: { userName: 'ada2', attributes: { userName: 'ada2', title: 'Prof' } },
    });
  });

  it('adds no attributes to an event that has none, and no names to one whose person was erased', () => {
    const attributes = { userName: 'ada' };
    const now = later({ payload: { state: 'active' }, personal: { userName: 'ada', attributes }, attributes });
    expect(asOfNow(aDelivery('scim.user.reactivated', {}, { userName: 'a' }), now)?.personal).toEqual({
      userName: 'ada',
    });
    expect(asOfNow(aDelivery('scim.user.updated', {}, null), now)?.personal).toBeNull();
  });

  it.each([
    ['scim.user.provisioned', 'suspended'],
    ['scim.user.linked', 'suspended'],
    ['scim.user.linked', 'provisioned'],
    ['scim.user.reactivated', 'suspended'],
    ['scim.user.reactivated', 'deprovisioned'],
    ['scim.user.updated', 'deprovisioned'],
  ])('has nothing to tell of %s to somebody who is %s by now', (type, state) => {
    expect(asOfNow(aDelivery(type, { state: 'active' }), later({ payload: { state } }))).toBeUndefined();
  });

  it.each([
    ['scim.user.linked', 'active'],
    ['scim.user.reactivated', 'provisioned'],
    ['scim.user.updated', 'suspended'],
  ])('tells of %s to somebody who is %s by now', (type, state) => {
    const told = asOfNow(aDelivery(type, { state: 'active' }), later({ payload: { state } }));
    expect(told?.payload).toEqual({ state });
  });

  it('names no account whose link has ended', () => {
    const [type, accountId] = ['scim.user.unlinked', 'account-1'];
    for (const state of ['provisioned', 'suspended']) {
      const told = asOfNow(
        aDelivery('scim.user.updated', { state: 'active', accountId }),
        later({ type, payload: { state, accountId, reason: 'admin' }, types: [type] }),
      );
      expect(told?.payload).toEqual({ state });
    }
  });

  it.each([
    ['scim.group.members_changed', 'scim.group.deleted'],
    ['scim.resource.updated', 'scim.resource.deleted'],
    ['scim.token.expiring', 'scim.token.revoked'],
    ['scim.connection.paused', 'scim.connection.resumed'],
  ])('has nothing to tell of %s after %s', (type, end) => {
    expect(asOfNow(aDelivery(type, { added: ['a'] }), later({ types: [end] }))).toBeUndefined();
  });

  it('names only members of whom nothing newer was said', () => {
    const delivery = aDelivery('scim.group.members_changed', {
      displayName: 'Old',
      version: 2,
      changed: ['members'],
      added: ['a', 'b'],
      removed: ['c'],
    });
    const payload = { displayName: 'New', version: 5, changed: ['members'], added: [], removed: ['a', 'c'] };
    expect(asOfNow(delivery, later({ payload, mentioned: ['a', 'c'] }))?.payload).toEqual({
      displayName: 'New',
      version: 5,
      changed: ['members'],
      added: ['b'],
      removed: [],
    });
    expect(asOfNow(delivery, later({ payload, mentioned: ['a', 'b', 'c'] }))).toBeUndefined();
  });
});
