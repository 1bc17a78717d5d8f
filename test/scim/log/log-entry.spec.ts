import { toLogEntry } from '../../../src/scim/log/log-entry.js';
import type { RequestTrace } from '../../../src/scim/log/request-trace.js';
import { SecretNames } from '../../../src/scim/log/secrets.js';
import type { LogEntry } from '../../../src/scim/persistence/log-statements.js';
import { ResourceTypes } from '../../../src/scim/protocol/resource-types.js';
import { invalidFilter, invalidPath, invalidValue } from '../../../src/scim/protocol/scim-error.js';
import { simple } from '../../../src/scim/protocol/schemas/attribute.js';

const badge = {
  id: 'urn:example:params:scim:schemas:extension:badge:2.0:User',
  name: 'Badge',
  description: 'A badge.',
  attributes: [simple({ name: 'pin', description: 'For the doors.', mutability: 'writeOnly', returned: 'never' })],
};
const secrets = new SecretNames(new ResourceTypes([{ resourceType: 'User', schema: badge }]).schemas);

const entryOf = (trace: Partial<RequestTrace>): LogEntry =>
  toLogEntry(
    { id: 'id', receivedAt: 0, startedAt: 0, method: 'POST', url: '/Users', client: undefined, ...trace },
    { organizationId: 'acme', status: 400, durationMs: 1 },
    { bodyCharacters: 16_384, secrets },
  );

describe('an entry of the log', () => {
  it.each([
    [
      'a text',
      invalidValue(`${badge.id}:pin must be a whole number, not the text "4711-secret".`),
      `${badge.id}:pin must be a whole number, not the text [removed].`,
    ],
    [
      'a number',
      invalidValue('pin must be a text, not the number 4711.'),
      'pin must be a text, not the number [removed].',
    ],
    [
      'a path',
      invalidPath(`The brackets in the path ${JSON.stringify('emails[password eq "hunter2"')} must be closed.`),
      'The brackets in the path [removed] must be closed.',
    ],
  ])('quotes no value of a secret that an error quotes in %s', (_where, error, detail) => {
    expect(entryOf({ error })).toMatchObject({ detail });
  });

  it('quotes no secret of a filter that names one', () => {
    const error = invalidFilter('Expected a value instead of "hunter2"', 12);
    const url = '/Users?filter=password+eq+hunter2';
    expect(entryOf({ error, url }).detail).not.toContain('hunter2');
    expect(entryOf({ error, body: { filter: 'password eq hunter2' } }).detail).not.toContain('hunter2');
  });

  it('keeps what an error quotes else', () => {
    const error = invalidValue('title must be a text, not the number 5.');
    expect(entryOf({ error })).toMatchObject({ detail: error.message });
  });

  it('keeps nothing of a person whom no erasure could find', () => {
    const members = Array.from({ length: 150 }, (_each, index) => ({ value: `p${index}@acme.example` }));
    const { body, personKeys } = entryOf({ body: { members } });
    expect(personKeys).toHaveLength(100);
    expect(body).toContain('p99@acme.example');
    expect(body).not.toContain('p100@acme.example');
    const long = `${'x'.repeat(310)}@acme.example`;
    const {
      body: ofLong,
      query,
      path,
    } = entryOf({
      url: `/Users/${long}?filter=userName+eq+%22${long}%22`,
      body: { userName: long, title: 'x' },
    });
    expect(JSON.stringify([ofLong, query, path])).not.toContain('xxx');
    expect(JSON.parse(ofLong ?? '')).toEqual({ userName: '…', title: 'x' });
  });
});
