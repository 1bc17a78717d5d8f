import { readPage, toListResponse } from '../../../src/scim/protocol/list.js';

const limits = { pageDefault: 100, pageMax: 1000 };

describe('readPage', () => {
  it.each([
    [{}, { startIndex: 1, count: 100 }],
    [
      { startIndex: '3', count: '2' },
      { startIndex: 3, count: 2 },
    ],
    [{ startIndex: '0' }, { startIndex: 1, count: 100 }],
    [{ startIndex: '-5' }, { startIndex: 1, count: 100 }],
    [{ count: '0' }, { startIndex: 1, count: 0 }],
    [{ count: '-3' }, { startIndex: 1, count: 0 }],
    [{ count: '1000' }, { startIndex: 1, count: 1000 }],
    [{ count: '1001' }, { startIndex: 1, count: 1000 }],
    [
      { startIndex: '', count: ' ' },
      { startIndex: 1, count: 100 },
    ],
    [
      { startIndex: '+7', count: ' 007 ' },
      { startIndex: 7, count: 7 },
    ],
    [{ startIndex: '9'.repeat(400) }, { startIndex: Number.MAX_SAFE_INTEGER, count: 100 }],
    [{ startIndex: `-${'9'.repeat(400)}` }, { startIndex: 1, count: 100 }],
  ])('reads %j as %j', (query, expected) => {
    expect(readPage(query, limits)).toEqual(expected);
  });

  it.each(['abc', '1.5', '1e3', '0x10', '1,000', '--1', '1 2', 'NaN', 'Infinity', '٣', '1;drop'])(
    'refuses %s with invalidValue',
    (text) => {
      const refused = expect.objectContaining({ status: 400, scimType: 'invalidValue' });
      expect(() => readPage({ count: text }, limits)).toThrow(refused);
      expect(() => readPage({ startIndex: text }, limits)).toThrow(refused);
    },
  );
});

describe('toListResponse', () => {
  it('counts the items of this page and all matches', () => {
    expect(toListResponse([{ id: '3' }, { id: '4' }], { totalResults: 9, startIndex: 3 })).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 9,
      startIndex: 3,
      itemsPerPage: 2,
      Resources: [{ id: '3' }, { id: '4' }],
    });
  });

  it('has Resources when nothing is found', () => {
    expect(toListResponse([], { totalResults: 0, startIndex: 1 })).toMatchObject({
      totalResults: 0,
      startIndex: 1,
      itemsPerPage: 0,
      Resources: [],
    });
  });
});
