import { readEvent } from '../../../src/scim/events/read-event.js';
import { TokenExpiring, TokenRevoked, TokenRotated, UserUpdated } from '../../../src/scim/index.js';
import type { DueDelivery } from '../../../src/scim/persistence/outbox-statements.js';

const delivery: DueDelivery = {
  eventSeq: '7',
  consumer: 'test',
  terminal: false,
  attempts: 0,
  replayed: false,
  id: 'event-1',
  type: 'scim.user.updated',
  organizationId: 'acme',
  aggregateId: 'identity-1',
  sequence: 3,
  payload: { state: 'active', version: 2, changed: ['title'], accountId: 'account-1' },
  personal: { userName: 'ada', externalId: 'E-1', attributes: { userName: 'ada', title: 'Dr' } },
  tokenId: 'token-1',
  requestId: 'request-1',
  occurredAt: new Date(0),
};

describe('readEvent', () => {
  it('makes an event of the class that handlers name', () => {
    const event = readEvent(delivery);
    expect(event).toBeInstanceOf(UserUpdated);
    expect({ ...event }).toEqual({
      id: 'event-1',
      type: 'scim.user.updated',
      organizationId: 'acme',
      occurredAt: new Date(0),
      sequence: 3,
      tokenId: 'token-1',
      requestId: 'request-1',
      identityId: 'identity-1',
      accountId: 'account-1',
      userName: 'ada',
      externalId: 'E-1',
      state: 'active',
      version: 2,
      changed: ['title'],
      attributes: { userName: 'ada', title: 'Dr' },
    });
  });

  it('knows the events of tokens, and leaves out what is not known', () => {
    const payload = { hint: 'scim_1_…9', label: 'Entra' };
    const type = 'scim.token.revoked';
    const event = readEvent({ ...delivery, type, payload, personal: null, tokenId: null, requestId: null });
    expect(event).toBeInstanceOf(TokenRevoked);
    expect(event).toMatchObject({ subjectTokenId: 'identity-1', hint: 'scim_1_…9', label: 'Entra' });
    expect(event).not.toHaveProperty('tokenId');
    expect(event).not.toHaveProperty('requestId');
  });

  it('gives times in the events of tokens as dates', () => {
    const expiring = {
      type: 'scim.token.expiring',
      payload: { hint: 'h', daysLeft: 7, expiresAt: new Date(7).toISOString() },
    };
    const event = readEvent({ ...delivery, ...expiring, personal: null });
    expect(event).toBeInstanceOf(TokenExpiring);
    expect(event).toMatchObject({ daysLeft: 7, expiresAt: new Date(7) });
    const rotated = {
      type: 'scim.token.rotated',
      payload: { hint: 'h', replacedBy: 'token-2', retiresAt: new Date(8).toISOString() },
    };
    const begun = readEvent({ ...delivery, ...rotated, personal: null });
    expect(begun).toBeInstanceOf(TokenRotated);
    expect(begun).toMatchObject({ replacedBy: 'token-2', retiresAt: new Date(8) });
  });

  it('refuses a type of a newer release, so that the delivery waits for a process that knows it', () => {
    expect(() => readEvent({ ...delivery, type: 'scim.user.teleported' })).toThrow('scim.user.teleported');
  });
});
