/**
 * The types of resources follow their schemas. Nothing here runs: `npm run check` compiles it, and what must not compile
 * is marked `@ts-expect-error`.
 */
import {
  type Attribute,
  type AttributesOf,
  boolean,
  complex,
  type GroupsService,
  type JsonObject,
  type NewScimGroup,
  type NewScimUser,
  plural,
  reference,
  type ResourceOf,
  type Schema,
  type ScimGroup,
  type ScimUser,
  type ScimUserOf,
  simple,
  type UsersService,
} from '../../src/scim/index.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

const isTrue = <T extends true>(value?: T): T | undefined => value;

const badge = 'urn:example:params:scim:schemas:extension:badge:2.0:User';

const badgeSchema = {
  id: badge,
  name: 'Badge',
  description: 'Badge',
  attributes: [
    simple({ name: 'number', description: 'On the card.', required: true }),
    simple({ name: 'floor', description: 'Highest floor.', type: 'integer' }),
    boolean({ name: 'visitor', description: 'Whether it opens doors by day only.' }),
    simple({ name: 'colour', description: 'Of the card.', canonicalValues: ['green', 'red'] }),
    simple({ name: 'pin', description: 'For the doors.', mutability: 'writeOnly', returned: 'never' }),
    simple({ name: 'printed', description: 'When.', type: 'dateTime', mutability: 'readOnly' }),
    reference({ name: 'photo', description: 'On the card.', referenceTypes: ['external'], returned: 'request' }),
    complex({
      name: 'holder',
      description: 'Who has it.',
      required: true,
      subAttributes: [
        simple({ name: 'value', description: 'Id.', required: true }),
        simple({ name: 'display', description: 'Name.', mutability: 'readOnly' }),
      ],
    }),
    plural({
      name: 'doors',
      description: 'What it opens.',
      thing: 'door',
      value: simple({ name: 'value', description: 'The door.', required: true }),
      types: ['front', 'back'],
    }),
    simple({ name: 'zones', description: 'Parts of the house.', multiValued: true, type: 'decimal' }),
  ],
} as const satisfies Schema;

type Badge = AttributesOf<typeof badgeSchema>;

// Each characteristic shows in the type.
isTrue<
  Same<
    Badge,
    {
      readonly number: string;
      readonly holder: { readonly value: string; readonly display?: string };
      readonly floor?: number;
      readonly visitor?: boolean;
      readonly colour?: 'green' | 'red' | (string & {});
      readonly printed?: string;
      readonly photo?: string;
      readonly doors?: readonly {
        readonly value: string;
        readonly display?: string;
        readonly type?: 'front' | 'back' | (string & {});
        readonly primary?: boolean;
      }[];
      readonly zones?: readonly number[];
    }
  >
>();

// A schema of plain data says the same as one of constructors, and one that nobody knows gives JSON.
const plainSchema = {
  id: 'urn:example:plain',
  name: 'Plain',
  description: 'Plain',
  attributes: [
    {
      name: 'size',
      description: 'Size.',
      type: 'integer',
      multiValued: false,
      required: true,
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'none',
    },
  ],
} as const satisfies Schema;
isTrue<Same<AttributesOf<typeof plainSchema>, { readonly size: number }>>();
isTrue<Same<AttributesOf<Schema>, JsonObject>>();
declare const unknownAttribute: Attribute;
const partlyKnown = { ...plainSchema, attributes: [unknownAttribute] };
isTrue<Same<AttributesOf<typeof partlyKnown>, JsonObject>>();

// What every resource has.
isTrue<Same<ScimUser['id'], string>>();
isTrue<Same<ScimUser['schemas'], readonly string[]>>();
isTrue<Same<ScimUser['externalId'], string | undefined>>();
isTrue<Same<ScimGroup['meta']['version'], string>>();

export function readsUsers(user: ScimUser, own: ScimUserOf<typeof badgeSchema>): readonly unknown[] {
  const name: string = user.userName;
  const city: string | undefined = user.addresses?.[0]?.locality;
  const isActive: boolean | undefined = user.active;
  const manager = user['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User']?.manager?.displayName;
  const kind: 'direct' | 'indirect' | (string & {}) | undefined = user.groups?.[0]?.type;
  // A user with more extensions is a user, and a user is JSON.
  const plain: ScimUser = own;
  const json: JsonObject = plain;
  const floor: number | undefined = own[badge]?.floor;
  // @ts-expect-error A password is never shown.
  const password: unknown = user.password;
  // @ts-expect-error The host has no such attribute.
  const wing: unknown = own[badge]?.wing;
  // @ts-expect-error A floor is a number.
  const text: string | undefined = own[badge]?.floor;
  // @ts-expect-error Without the extension's schema nothing is known of it.
  const unknown: unknown = user[badge];
  // @ts-expect-error An extension's attributes may be absent.
  const certain: string = own[badge].number;
  // @ts-expect-error What the service provider answered is not for changing.
  user.userName = 'somebody else';
  return [name, city, isActive, manager, kind, json, floor, password, wing, text, unknown, certain];
}

// What a host writes: only what may be written, and all that must be.
export const newUser: NewScimUser<typeof badgeSchema> = {
  schemas: [badge],
  userName: 'ada',
  password: 'discarded',
  emails: [{ value: 'ada@example.com', type: 'work', primary: true }],
  phoneNumbers: [{ value: '1', type: 'satellite' }],
  [badge]: { number: '7', holder: { value: '1' }, pin: '0000' },
};

// @ts-expect-error userName is required.
export const nameless: NewScimUser = { displayName: 'Ada' };

export const withOwnId: NewScimUser = {
  userName: 'ada',
  // @ts-expect-error The service provider gives the id.
  id: '7',
};

export const printedBadge: NewScimUser<typeof badgeSchema> = {
  userName: 'ada',
  // @ts-expect-error A time of printing is read only.
  [badge]: { number: '7', holder: { value: '1' }, printed: '2026-01-01T00:00:00Z' },
};

export const newGroup: NewScimGroup = { displayName: 'Engineering', members: [{ value: '1', type: 'User' }] };

// A resource type of the host's own.
export const readsPlain = (plain: ResourceOf<typeof plainSchema, typeof badgeSchema>): number =>
  plain.size + (plain[badge]?.floor ?? 0);

// The services answer with the types of the host's schemas.
export async function asksServices(
  users: UsersService<ScimUserOf<typeof badgeSchema>>,
  groups: GroupsService,
): Promise<unknown> {
  const { resources } = await users.list('acme', { filter: 'active eq true' });
  const floors: (number | undefined)[] = resources.map((user) => user[badge]?.floor);
  const created: ScimUserOf<typeof badgeSchema> = await users.create('acme', newUser);
  const group = await groups.get('acme', created.groups?.[0]?.value ?? '');
  const members: (string | undefined)[] | undefined = group.members?.map((member) => member.type);
  // @ts-expect-error The group schema has no owner.
  return [floors, members, group.owner];
}
