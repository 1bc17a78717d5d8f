import type { LogEntry } from '../../../src/scim/persistence/log-statements.js';
import { LogBuffer } from '../../../src/scim/log/log-buffer.js';

const entry = (id: string, body = '', organizationId = 'acme'): LogEntry => ({
  id,
  organizationId,
  receivedAt: new Date(0),
  isRefused: false,
  method: 'POST',
  path: '/Users',
  query: null,
  status: 201,
  scimType: null,
  detail: null,
  durationMs: 1,
  client: null,
  address: null,
  tokenId: null,
  idp: null,
  personKeys: [],
  body,
  bodyBytes: body.length,
});
const idsOf = (entries: readonly LogEntry[]): string[] => entries.map(({ id }) => id);

describe('the buffer of the log', () => {
  it('gives the oldest first, as many as fit', () => {
    const buffer = new LogBuffer();
    for (const id of ['a', 'b', 'c', 'd']) buffer.push(entry(id));
    expect(idsOf(buffer.first(3, Infinity))).toEqual(['a', 'b', 'c']);
    expect(idsOf(buffer.first(9, 1200))).toEqual(['a', 'b']);
    expect(idsOf(buffer.first(9, 1))).toEqual(['a']);
    buffer.shift(3);
    buffer.push(entry('e'));
    expect(idsOf(buffer.first(9, Infinity))).toEqual(['d', 'e']);
    expect(buffer.size).toBe(2);
  });

  it('takes no more than its bound of entries, and counts what it loses by organization', () => {
    const buffer = new LogBuffer();
    for (let count = 0; count < 10_003; count += 1) buffer.push(entry(`${count}`));
    buffer.push(entry('of another', '', 'globex'));
    expect(buffer.size).toBe(10_000);
    expect([buffer.lossesOf('acme'), buffer.lossesOf('globex'), buffer.lossesOf('initech')]).toEqual([3, 1, 0]);
    buffer.shift(1);
    buffer.push(entry('fits'));
    expect([buffer.lossesOf('acme'), buffer.waitingOf('acme')]).toEqual([3, 10_000]);
  });

  it('takes no more than its bound of text', () => {
    const buffer = new LogBuffer();
    const body = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 20; count += 1) buffer.push(entry(`${count}`, body));
    expect([buffer.size, buffer.lossesOf('acme')]).toEqual([15, 5]);
    buffer.shift(15);
    buffer.push(entry('fits', body));
    expect(buffer.size).toBe(1);
  });
});
