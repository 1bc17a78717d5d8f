import { newRequestId } from '../../../src/scim/log/request-id.js';
import { isId } from '../../../src/scim/persistence/is-id.js';

describe('a request id', () => {
  it('is a UUID of version 7', () => {
    const id = newRequestId(Date.UTC(2026, 0, 1));
    expect(isId(id)).toBe(true);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
    expect(Number.parseInt(id.slice(0, 13).replace('-', ''), 16)).toBe(Date.UTC(2026, 0, 1));
  });

  it('comes after those before it, also within a millisecond', () => {
    const ids = [1, 1, 1, 2, 2, 3].map((ms) => newRequestId(Date.UTC(2026, 0, 2) + ms));
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(6);
  });

  it('is another one, however many there are at once', () => {
    const ids = Array.from({ length: 10_000 }, () => newRequestId(Date.UTC(2026, 0, 3)));
    expect(new Set(ids).size).toBe(10_000);
  });
});
