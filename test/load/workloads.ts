import type { ScimAnswer, ScimClient } from '../support/scim-client.js';
import { groupId, groupName, userId, userName } from './fill-directory.js';
import type { Workload } from './measure.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** As Entra sends a new user. */
export const aUser = (name: string): Record<string, unknown> => ({
  schemas: [U, E],
  externalId: `new-${name}`,
  userName: `${name}@acme.example`,
  active: true,
  displayName: `Display ${name}`,
  title: 'Engineer',
  preferredLanguage: 'en-US',
  name: { formatted: 'Given Family', familyName: 'Family', givenName: 'Given' },
  emails: [{ primary: true, type: 'work', value: `${name}@acme.example` }],
  phoneNumbers: [
    { type: 'work', value: '+1 425 555 0100' },
    { type: 'mobile', value: '+1 206 555 0100' },
  ],
  addresses: [
    {
      type: 'work',
      streetAddress: '1 Main Street',
      locality: 'Redmond',
      region: 'WA',
      postalCode: '98052',
      country: 'US',
    },
  ],
  [E]: { employeeNumber: '17', department: 'Research', costCenter: '42' },
});

/** The three forms in which IdPs (de)activate; every other round does the opposite. */
const ACTIVE: readonly (readonly [string, (active: boolean) => unknown])[] = [
  ['a path', (active) => ({ op: 'replace', path: 'active', value: active })],
  ['no path (Okta)', (active) => ({ op: 'replace', value: { active } })],
  ['"Replace" and "False" (Entra)', (active) => ({ op: 'Replace', path: 'active', value: active ? 'True' : 'False' })],
];

export const setActive = (client: ScimClient, number: number, active: boolean): Promise<ScimAnswer> =>
  client.patch(`/Users/${userId(number)}`, [{ op: 'replace', value: { active } }]);

export const findByName = (client: ScimClient, number: number): Promise<ScimAnswer> =>
  client.filterUsers(`userName eq "${userName(number).toUpperCase()}"`);

const filterGroups = (client: ScimClient, filter: string, more = ''): Promise<ScimAnswer> =>
  client.get(`/Groups?filter=${encodeURIComponent(filter)}${more}`);

/** Users of a directory of that many. */
export function userWorkloads(client: ScimClient, users: number): readonly Workload[] {
  const any = (round: number): number => 1 + ((round * 7919) % users);
  const list = (name: string, query: string, rounds = 30): Workload => ({
    name,
    status: 200,
    rounds,
    send: () => client.get(`/Users?${query}`),
  });
  return [
    { name: 'W1 POST a user', status: 201, send: (round) => client.post('/Users', aUser(`post-${round}`)) },
    { name: 'P-342 POST it again', status: 409, send: () => client.post('/Users', aUser('post-0')) },
    { name: 'W2 filter userName eq', status: 200, send: (round) => findByName(client, any(round)) },
    {
      name: 'W2 filter externalId eq',
      status: 200,
      send: (round) => client.filterUsers(`externalId eq "external-${any(round)}"`),
    },
    {
      name: 'W2 filter emails[type eq "work"].value eq',
      status: 200,
      send: (round) => client.filterUsers(`emails[type eq "work"].value eq "${userName(any(round))}"`),
    },
    { name: 'W2 filter that finds nobody', status: 200, send: () => client.filterUsers('userName eq "nobody"') },
    { name: 'W3 GET a user', status: 200, send: (round) => client.get(`/Users/${userId(any(round))}`) },
    ...ACTIVE.map(([form, operation], index): Workload => ({
      name: `W4 PATCH active, ${form}`,
      status: 200,
      send: (round) => client.patch(`/Users/${userId(1000 * index + (round >> 1) + 1)}`, [operation(round % 2 === 1)]),
    })),
    {
      name: 'W4 PATCH that changes nothing',
      status: 200,
      send: () => client.patch(`/Users/${userId(9)}`, [{ op: 'replace', path: 'userName', value: userName(9) }]),
    },
    {
      name: 'W6 PUT a user',
      status: 200,
      send: (round) => {
        const number = any(round);
        const userNow = {
          ...aUser('put'),
          userName: userName(number),
          externalId: `external-${number}`,
          title: `T${round}`,
        };
        return client.put(`/Users/${userId(number)}`, userNow);
      },
    },
    list('W5 first page of 100', 'count=100'),
    list('W5 page of 100 at 90%', `startIndex=${Math.floor(users * 0.9)}&count=100`),
    list('W5 first page of 100, only userName', 'count=100&attributes=userName'),
    list('W5 first page of 100 by userName', 'count=100&sortBy=userName'),
    list('W5 first page of 100 by name.familyName', 'count=100&sortBy=name.familyName', 5),
    list(
      'a filter without an index: title eq (2%)',
      `count=100&filter=${encodeURIComponent('title eq "engineer 7"')}`,
      5,
    ),
    list('a filter without an index: userName co', `count=100&filter=${encodeURIComponent('userName co "99@"')}`, 5),
  ];
}

/** One group of that many members. */
export function groupWorkloads(client: ScimClient, size: number, users: number): readonly Workload[] {
  const path = `/Groups/${groupId(size)}`;
  const patch = (operation: unknown): Promise<ScimAnswer> => client.patch(path, [operation]);
  // Users behind the first ones, who are its members.
  const newcomer = (round: number): string =>
    userId(Math.min(users, size + 1) + (round % Math.max(1, users - size - 1)));
  const hundred = (round: number): { value: string }[] =>
    Array.from({ length: 100 }, (_, index) => ({ value: newcomer(round * 100 + index + 1000) }));
  const of = `of ${size}`;
  return [
    {
      name: `W7 add one member, group ${of}`,
      status: 204,
      rounds: 100,
      send: (round) => patch({ op: 'add', path: 'members', value: [{ value: newcomer(round) }] }),
    },
    {
      name: `W7 remove one member, group ${of}`,
      status: 204,
      rounds: 100,
      send: (round) => patch({ op: 'remove', path: `members[value eq "${newcomer(round)}"]` }),
    },
    {
      name: `W7 add 100 members, group ${of}`,
      status: 204,
      rounds: 20,
      send: (round) => patch({ op: 'Add', path: 'members', value: hundred(round) }),
    },
    {
      name: `W7 remove 100 listed members, group ${of}`,
      status: 204,
      rounds: 20,
      send: (round) => patch({ op: 'Remove', path: 'members', value: hundred(round) }),
    },
    {
      name: `W8 group by name without members, ${of}`,
      status: 200,
      send: () => filterGroups(client, `displayName eq "${groupName(size)}"`, '&excludedAttributes=members'),
    },
    {
      name: `GET group without members, ${of}`,
      status: 200,
      send: () => client.get(`${path}?excludedAttributes=members`),
    },
    { name: `W9 GET group ${of} with members`, status: 200, rounds: 15, send: () => client.get(path) },
    {
      name: `filter id and members eq (Entra), group ${of}`,
      status: 200,
      send: () =>
        filterGroups(client, `id eq "${groupId(size)}" and members eq "${userId(3)}"`, '&excludedAttributes=members'),
    },
  ];
}

/** What is done seldom and is large. */
export function largeWorkloads(client: ScimClient, size: number, most: number): readonly Workload[] {
  const members = (from: number, count: number): { value: string }[] =>
    Array.from({ length: count }, (_, index) => ({ value: userId(from + index) }));
  const put = (from: number): Promise<ScimAnswer> =>
    client.put(`/Groups/${groupId(size)}?excludedAttributes=members`, {
      displayName: groupName(size),
      members: members(from, size),
    });
  const group = `/Groups/${groupId(size)}`;
  return [
    {
      name: `PUT of ${size} members, 100 of them new`,
      status: 200,
      rounds: 7,
      send: (round) => put(100 * round + 101),
    },
    { name: `PUT of ${size} members, none new`, status: 200, rounds: 5, send: () => put(601) },
    {
      name: 'P-152 PATCH of 1,000 operations, one member each',
      status: 204,
      rounds: 4,
      send: (round) =>
        client.patch(
          group,
          members(size + 2000, 1000).map((member) =>
            round % 2 === 0
              ? { op: 'add', path: 'members', value: [member] }
              : { op: 'remove', path: `members[value eq "${member.value}"]` },
          ),
        ),
    },
    { name: 'GET a user who is in five groups', status: 200, send: () => client.get(`/Users/${userId(1)}`) },
    {
      name: 'groups that a user is in',
      status: 200,
      rounds: 30,
      send: () => filterGroups(client, `members.value eq "${userId(1)}"`, '&excludedAttributes=members'),
    },
    {
      name: 'P-339 first page of Groups without members',
      status: 200,
      rounds: 30,
      send: () => client.get('/Groups?count=100&excludedAttributes=members'),
    },
    {
      name: `first page of users in a group of ${most}`,
      status: 200,
      rounds: 5,
      send: () => client.filterUsers(`groups.value eq "${groupId(most)}"`),
    },
    {
      name: 'P-339 first page of Groups with members',
      status: 200,
      rounds: 10,
      send: () => client.get('/Groups?count=100'),
    },
    {
      name: 'POST a group of 1,000 members',
      status: 201,
      rounds: 8,
      send: (round) => client.post('/Groups', { displayName: `New ${round}`, members: members(1, 1000) }),
    },
    {
      name: 'DELETE a user who is in five groups',
      status: 204,
      rounds: 8,
      send: (round) => client.delete(`/Users/${userId(2 + round)}`),
    },
    {
      name: `DELETE the group of ${most}`,
      status: 204,
      rounds: 1,
      send: () => client.delete(`/Groups/${groupId(most)}`),
    },
  ];
}
