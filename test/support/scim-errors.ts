import type { ScimAnswer } from './scim-client.js';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const MEMBERS = ['schemas', 'status', 'scimType', 'detail'];

/** Fails unless the answer is a SCIM error with this status, this scimType (none, if none is named) and the right type. */
export function expectScimError(answer: ScimAnswer, status: number, scimType?: string): void {
  expect({ status: answer.status, type: answer.headers['content-type'], text: answer.text.slice(0, 500) }).toEqual({
    status,
    type: expect.stringMatching(/^application\/scim\+json/),
    text: expect.stringContaining(ERROR),
  });
  expect(answer.body).toEqual({
    schemas: [ERROR],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail: expect.stringMatching(/./),
  });
  expect(MEMBERS).toEqual(expect.arrayContaining(Object.keys(answer.body)));
  expect(answer.headers['cache-control']).toBe('no-store');
}
