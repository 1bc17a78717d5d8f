import { emailKeys, toSearchDocument } from '../../../src/scim/persistence/search-document.js';
import { userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const toDocument = (attributes: Parameters<typeof toSearchDocument>[0]) =>
  toSearchDocument(attributes, userResourceType);

describe('toSearchDocument', () => {
  it('folds what is not case-exact and leaves the rest as it is', () => {
    expect(
      toDocument({
        userName: 'Ada',
        externalId: 'X-1',
        active: true,
        name: { givenName: 'ADA', familyName: 'E\u0301COLE' },
        profileUrl: 'https://x/Ada',
        emails: [
          { value: 'Ada@X', type: 'Work', primary: true },
          { value: 'B@x', display: 'B' },
        ],
        x509Certificates: [{ value: 'QWRh' }],
        [E]: { department: 'Ünits', manager: { value: 'AbC' } },
      }),
    ).toEqual({
      schemas: [USER.toLowerCase(), E.toLowerCase()],
      userName: 'ada',
      active: true,
      name: { givenName: 'ada', familyName: 'école' },
      profileUrl: 'https://x/Ada',
      emails: [
        { value: 'ada@x', type: 'work', primary: true },
        { value: 'b@x', display: 'b' },
      ],
      x509Certificates: [{ value: 'QWRh' }],
      [E]: { department: 'ünits', manager: { value: 'AbC' } },
    });
  });

  it('has the schemas of what is there', () => {
    expect(toDocument({ userName: 'a', active: true })).toEqual({
      schemas: [USER.toLowerCase()],
      userName: 'a',
      active: true,
    });
  });

  it('holds nothing that no schema knows', () => {
    const attributes = JSON.parse(
      '{"userName":"a","active":true,"__proto__":{"x":1},"constructor":"y","name":{"z":"w"},"emails":["text"]}',
    );
    expect(JSON.stringify(toDocument(attributes))).toBe(
      `{"userName":"a","name":{},"active":true,"emails":[],"schemas":["${USER.toLowerCase()}"]}`,
    );
  });
});

describe('emailKeys', () => {
  it('lists the addresses as they are compared', () => {
    const emails = [{ value: 'Ada@X', type: 'work' }, { value: 'ada@x', type: 'home' }, { display: 'none' }];
    expect(emailKeys(toDocument({ userName: 'a', active: true, emails }))).toEqual(['ada@x', 'ada@x']);
    expect(emailKeys(toDocument({ userName: 'a', active: true }))).toEqual([]);
  });
});
