import { findAttribute } from '../../../src/scim/protocol/attribute-path.js';
import { isProjected, project, readProjection } from '../../../src/scim/protocol/project.js';
import type { JsonObject } from '../../../src/scim/protocol/resource.js';
import { complex, simple } from '../../../src/scim/protocol/schemas/attribute.js';
import { groupResourceType, userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import type { ResourceType } from '../../../src/scim/protocol/schemas/schema.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const identity = { schemas: [U, E], id: '1' };
const user: JsonObject = {
  ...identity,
  externalId: 'x',
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [{ value: 'a@x', type: 'work' }, { type: 'home' }],
  active: true,
  [E]: { department: 'Ops', manager: { value: 'm', displayName: 'M' } },
  meta: { resourceType: 'User', location: 'https://x/1' },
};

const only = (attributes: string, resource = user) =>
  project(resource, readProjection({ attributes }, userResourceType), userResourceType);
const except = (excludedAttributes: string, resource = user) =>
  project(resource, readProjection({ excludedAttributes }, userResourceType), userResourceType);

describe('project', () => {
  it('leaves a resource whole when nothing is asked', () => {
    expect(project(user, readProjection({}, userResourceType), userResourceType)).toEqual(user);
    expect(only('')).toEqual(user);
    expect(only(' , ,')).toEqual(user);
    expect(except('')).toEqual(user);
  });

  it.each<[string, JsonObject]>([
    ['userName', { userName: 'ada' }],
    ['userName,name.givenName', { userName: 'ada', name: { givenName: 'Ada' } }],
    ['USERNAME , Name.GivenName', { userName: 'ada', name: { givenName: 'Ada' } }],
    ['name.givenName,name', { name: { givenName: 'Ada', familyName: 'Lovelace' } }],
    ['name,name.givenName', { name: { givenName: 'Ada', familyName: 'Lovelace' } }],
    ['name.givenName,name.familyName', { name: { givenName: 'Ada', familyName: 'Lovelace' } }],
    ['name.middleName', {}],
    ['emails.value', { emails: [{ value: 'a@x' }] }],
    ['emails.display', {}],
    ['id', {}],
    ['meta.location', { meta: { location: 'https://x/1' } }],
    ['externalId', { externalId: 'x' }],
    [E, { [E]: user[E] ?? null }],
    [E.toUpperCase(), { [E]: user[E] ?? null }],
    [`${E}:department`, { [E]: { department: 'Ops' } }],
    [`${E}:manager.value`, { [E]: { manager: { value: 'm' } } }],
    ['department', { [E]: { department: 'Ops' } }],
    [`${U}:userName,${U}:name.givenName`, { userName: 'ada', name: { givenName: 'Ada' } }],
    [U, { userName: 'ada', name: user['name'] ?? null, emails: user['emails'] ?? null, active: true }],
    ['favoriteColor', {}],
    ['favoriteColor,userName', { userName: 'ada' }],
    ['title', {}],
    ['__proto__,constructor', {}],
    ['emails[type eq "work"].value', {}],
  ])('answers attributes=%s', (attributes, expected) => {
    expect(only(attributes)).toEqual({ ...identity, ...expected });
  });

  it.each<[string, readonly string[]]>([
    ['id,schemas,userName', ['userName']],
    ['EMAILS', ['emails']],
    [E, [E]],
    [`${E}:department,${E}:manager`, [E]],
    ['meta', ['meta']],
    [`${U}:active, externalId`, ['active', 'externalId']],
    ['favoriteColor', []],
  ])('answers excludedAttributes=%s', (excluded, gone) => {
    expect(except(excluded)).toEqual(Object.fromEntries(Object.entries(user).filter(([key]) => !gone.includes(key))));
  });

  it('excludes single sub-attributes', () => {
    expect(except('name.givenName')['name']).toEqual({ familyName: 'Lovelace' });
    expect(except('name.givenName,name.familyName')).not.toHaveProperty('name');
    expect(except('emails.type')['emails']).toEqual([{ value: 'a@x' }]);
    expect(except(`${E}:manager.displayName`)[E]).toEqual({ department: 'Ops', manager: { value: 'm' } });
  });

  it('never returns a password, asked for or not', () => {
    const leaky = { ...user, password: 'secret' };
    expect(only('password', leaky)).toEqual(identity);
    expect(except('title', leaky)).not.toHaveProperty('password');
    expect(project(leaky, readProjection({}, userResourceType), userResourceType)).not.toHaveProperty('password');
  });

  it('leaves out keys no schema knows', () => {
    expect(except('title', { ...user, department: 'Ops', internal: 1 })).toEqual(user);
  });

  it('changes nothing in the resource', () => {
    const before = structuredClone(user);
    only('name.givenName,emails.value');
    except(`name.givenName,${E}:department`);
    expect(user).toEqual(before);
  });

  describe('with attributes returned always or on request', () => {
    const text = (name: string, returned: 'always' | 'request' | 'never' | 'default') =>
      simple({ name, description: '', returned });
    const thing: ResourceType = {
      name: 'Thing',
      endpoint: '/Things',
      description: '',
      schema: {
        id: 'urn:thing',
        name: 'Thing',
        description: '',
        attributes: [
          text('label', 'always'),
          text('report', 'request'),
          complex({
            name: 'parts',
            description: '',
            multiValued: true,
            subAttributes: [
              text('key', 'always'),
              text('size', 'default'),
              text('log', 'request'),
              text('pin', 'never'),
            ],
          }),
        ],
      },
      extensions: [],
    };
    const resource: JsonObject = {
      id: '1',
      label: 'l',
      report: 'r',
      parts: [{ key: 'k', size: 's', log: 'g', pin: 'p' }],
    };

    it.each<[object, JsonObject]>([
      [{}, { label: 'l', parts: [{ key: 'k', size: 's' }] }],
      [{ attributes: 'report' }, { label: 'l', report: 'r' }],
      [{ attributes: 'parts' }, { label: 'l', parts: [{ key: 'k', size: 's' }] }],
      [{ attributes: 'parts.log,parts.pin' }, { label: 'l', parts: [{ key: 'k', log: 'g' }] }],
      [{ excludedAttributes: 'label,parts.key,parts.size' }, { label: 'l', parts: [{ key: 'k' }] }],
      [{ excludedAttributes: 'parts' }, { label: 'l' }],
    ])('answers %j', (query, expected) => {
      expect(project(resource, readProjection(query, thing), thing)).toEqual({ id: '1', ...expected });
    });
  });
});

describe('readProjection', () => {
  it('refuses both parameters together, unless one is empty', () => {
    expect(() => readProjection({ attributes: 'userName', excludedAttributes: 'name' }, userResourceType)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue' }),
    );
    expect(readProjection({ attributes: '', excludedAttributes: '' }, userResourceType).type).toBe('default');
    expect(readProjection({ attributes: 'userName', excludedAttributes: ' ' }, userResourceType).type).toBe('only');
    expect(readProjection({ attributes: '', excludedAttributes: 'name' }, userResourceType).type).toBe('except');
  });
});

describe('isProjected', () => {
  it.each([
    [{}, true],
    [{ excludedAttributes: 'members' }, false],
    [{ excludedAttributes: 'members.display' }, true],
    [{ attributes: 'displayName' }, false],
    [{ attributes: 'members.value' }, true],
  ])('tells with %j whether members need to be read: %s', (query, expected) => {
    const members = findAttribute(groupResourceType, 'members');
    if (members === undefined) throw new Error('Group has no members');
    expect(isProjected(readProjection(query, groupResourceType), members)).toBe(expected);
  });
});
