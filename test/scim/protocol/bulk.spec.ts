import { readBulk, toBulkResponse } from '../../../src/scim/protocol/bulk.js';
import { notFound, ScimError } from '../../../src/scim/protocol/scim-error.js';

const BULK_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const post = { method: 'POST', path: '/Users', bulkId: 'a', data: { userName: 'ada' } };

const read = (body: unknown) => readBulk(body, 3);
const readOne = (operation: unknown) => read({ schemas: [BULK_REQUEST], Operations: [operation] }).operations[0];

function refusalOf(body: unknown): string {
  try {
    read(body);
  } catch (error) {
    if (error instanceof ScimError) return `${error.status} ${error.scimType ?? ''}`.trim();
    throw error;
  }
  return 'none';
}

describe('a bulk request', () => {
  it.each<[string, unknown, string]>([
    ['is a list', [], '400 invalidSyntax'],
    ['is null', null, '400 invalidSyntax'],
    ['has no operations', { schemas: [BULK_REQUEST] }, '400 invalidSyntax'],
    ['has an empty list of operations', { schemas: [BULK_REQUEST], Operations: [] }, '400 invalidSyntax'],
    ['has operations that are no list', { schemas: [BULK_REQUEST], Operations: post }, '400 invalidSyntax'],
    ['has its operations twice', { Operations: [post], operations: [post] }, '400 invalidSyntax'],
    ['has an operation that is a text', { Operations: ['POST'] }, '400 invalidSyntax'],
    ['has an operation without method', { Operations: [{ path: '/Users' }] }, '400 invalidSyntax'],
    ['has an operation with a number for a method', { Operations: [{ ...post, method: 1 }] }, '400 invalidSyntax'],
    ['says that it is a PATCH', { schemas: ['urn:x:PatchOp'], Operations: [post] }, '400 invalidSyntax'],
    ['gives two creations one bulkId', { Operations: [post, { ...post }] }, '400 invalidValue'],
    ['has more operations than are allowed', { Operations: Array(4).fill({ ...post, method: 'PUT' }) }, '413'],
  ])('is refused where it %s', (_what, body, refusal) => {
    expect(refusalOf(body)).toBe(refusal);
  });

  it.each([0, -1, 1.5, '1', true, [1], {}])('is refused where failOnErrors is %j', (failOnErrors) => {
    expect(refusalOf({ failOnErrors, Operations: [post] })).toBe('400 invalidValue');
  });

  it.each([
    ['its schemas are missing', { Operations: [post] }],
    ['its schemas are in another case', { schemas: [BULK_REQUEST.toUpperCase()], Operations: [post] }],
    ['its members are in another case', { SCHEMAS: [BULK_REQUEST], operations: [post] }],
    ['failOnErrors is null', { failOnErrors: null, Operations: [post] }],
    [
      'it changes a resource twice, under one bulkId',
      {
        Operations: [
          { ...post, method: 'PUT' },
          { ...post, method: 'put' },
        ],
      },
    ],
  ])('is taken where %s', (_what, body) => {
    expect(refusalOf(body)).toBe('none');
  });

  it('says how many errors end it', () => {
    expect(read({ failOnErrors: 2, Operations: [post] }).failOnErrors).toBe(2);
    expect(read({ Operations: [post] }).failOnErrors).toBeUndefined();
  });
});

describe('an operation', () => {
  it.each([
    ['/Users', 'Users', undefined],
    ['Users', 'Users', undefined],
    ['//Users/', 'Users', undefined],
    ['/Users/2819c223', 'Users', '2819c223'],
    ['/Users//2819c223/', 'Users', '2819c223'],
    ['/users/bulkId:qwerty', 'users', 'bulkId:qwerty'],
    ['/Groups/bulkId:a/b/', 'Groups', 'bulkId:a/b/'],
    ['/Users/2819c223/more', 'Users', '2819c223/more'],
    ['/', '', undefined],
  ])('of the path %s is about %s and %s', (path, endpoint, target) => {
    expect(readOne({ ...post, path })).toMatchObject({ endpoint, target, refused: undefined });
  });

  it.each(['post', 'Post', 'POST'])('has a method in any case: %s', (method) => {
    expect(readOne({ ...post, method })?.method).toBe('POST');
  });

  it.each([
    ['without path', { path: undefined }],
    ['with an empty path', { path: '' }],
    ['with a path that is a number', { path: 1 }],
    ['with a path that no resource has, for its length', { path: `/Users/${'x'.repeat(2000)}` }],
    ['with a bulkId that is a number', { bulkId: 1 }],
    ['with a version that is a number', { version: 1 }],
  ])('%s is refused alone', (_what, change) => {
    expect(readOne({ ...post, ...change })?.refused).toMatchObject({ status: 400, scimType: 'invalidValue' });
  });

  it('has an end to what an answer repeats of it', () => {
    expect(readOne({ ...post, method: 'x'.repeat(1000) })?.method).toBe('X'.repeat(20));
  });
});

describe('an answer', () => {
  it('has an entry for each operation that was processed, with texts for statuses', () => {
    const { operations } = read({
      Operations: [post, { method: 'delete', path: '/Users/1' }, { ...post, bulkId: 'b' }],
    });
    const outcomes = [
      { status: 201, location: 'https://x/Users/7', version: 'W/"1"' },
      { error: notFound('Nobody.'), location: 'https://x/Users/1' },
      undefined,
    ];
    expect(toBulkResponse(operations, outcomes)).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'],
      Operations: [
        { method: 'POST', bulkId: 'a', location: 'https://x/Users/7', version: 'W/"1"', status: '201' },
        { method: 'DELETE', location: 'https://x/Users/1', status: '404', response: notFound('Nobody.').toBody() },
      ],
    });
  });
});
