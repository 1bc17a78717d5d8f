import { readEvent } from '../../../src/scim/events/read-event.js';
import { toCloudEvent } from '../../../src/scim/index.js';
import type { DueDelivery } from '../../../src/scim/persistence/outbox-statements.js';

const delivery: DueDelivery = {
  eventSeq: '7',
  consumer: 'test',
  terminal: false,
  attempts: 0,
  id: 'event-1',
  type: 'scim.user.deactivated',
  organizationId: 'acme',
  aggregateId: 'aggregate-1',
  sequence: 3,
  payload: { state: 'suspended', version: 2, changed: ['active'], accountId: 'account-1' },
  personal: { userName: 'ada', externalId: 'E-1' },
  tokenId: 'token-1',
  requestId: 'request-1',
  occurredAt: new Date(0),
  replayed: false,
};

const source = 'https://app.example.com';

describe('toCloudEvent', () => {
  it('puts what is common to all events into attributes, and the rest into data', () => {
    expect(toCloudEvent(readEvent(delivery), source)).toEqual({
      specversion: '1.0',
      id: 'event-1',
      source: 'https://app.example.com',
      type: 'scim.user.deactivated',
      subject: 'Users/aggregate-1',
      time: '1970-01-01T00:00:00.000Z',
      datacontenttype: 'application/json',
      organizationid: 'acme',
      partitionkey: 'aggregate-1',
      sequence: '0000000003',
      requestid: 'request-1',
      tokenid: 'token-1',
      data: {
        identityId: 'aggregate-1',
        accountId: 'account-1',
        userName: 'ada',
        externalId: 'E-1',
        state: 'suspended',
        version: 2,
        changed: ['active'],
      },
    });
  });

  it('leaves out what nobody knows', () => {
    const event = toCloudEvent(readEvent({ ...delivery, tokenId: null, requestId: null }), source);
    expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['requestid']));
    expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['tokenid']));
  });

  it.each([
    ['scim.group.deleted', {}, 'Groups/aggregate-1'],
    ['scim.resource.created', { resourceType: 'Device' }, 'Device/aggregate-1'],
    ['scim.token.revoked', {}, 'Tokens/aggregate-1'],
    ['scim.connection.paused', {}, 'Connections/aggregate-1'],
  ])('names what %s is about', (type, payload, subject) => {
    const { partitionkey, ...event } = toCloudEvent(readEvent({ ...delivery, type, payload, personal: null }), source);
    expect([event.subject, partitionkey]).toEqual([subject, 'aggregate-1']);
  });

  it('writes instants as text and names attributes as CloudEvents allows', () => {
    const payload = { hint: '…x', daysLeft: 7, expiresAt: '2030-01-02T03:04:05.000Z' };
    const event = toCloudEvent(
      readEvent({ ...delivery, type: 'scim.token.expiring', payload, personal: null }),
      source,
    );
    expect(event.data).toEqual({ subjectTokenId: 'aggregate-1', ...payload });
    for (const name of Object.keys(event)) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
  });
});
