/** RFC 7643 §7 leaves these to the service provider: what is asked of an attribute beyond its characteristics, as data. */
import type { Json } from './resource.js';
import { commonAttributes } from './schemas/common.js';
import { groupSchema } from './schemas/group.js';
import type { Attribute } from './schemas/schema.js';
import { userSchema } from './schemas/user.js';

interface AttributeRules {
  /** Longest text, in UTF-16 units. */
  readonly maxLength: number;
  /** Longest text, in bytes of UTF-8, as sent and as compared. */
  readonly maxBytes: number;
  /** Most values of a multi-valued attribute. */
  readonly maxValues: number;
  /** A PUT that does not mention the attribute leaves it as it is (checklist P-112). */
  readonly keptWhenOmitted: boolean;
  /** It always has a value: null, "" and `remove` are refused (decisions.md 13). */
  readonly alwaysAssigned: boolean;
  /** Its value in a POST that does not mention it. */
  readonly initial: Json | undefined;
  /** A key that means it and is written in a way that nobody reads is refused, not ignored. */
  readonly neverPassedOver: boolean;
  /** Accepted and dropped, without even a look at it (security.md D12): nobody signs in with a password here. */
  readonly discarded: boolean;
}

export const rulesOf = (attribute: Attribute): AttributeRules =>
  rules.get(attribute) ?? (attribute.uniqueness === 'none' ? defaults : unique);

const defaults: AttributeRules = {
  maxLength: 10_000,
  maxBytes: Infinity,
  // Nobody has so many e-mail addresses. It bounds what 1,000 operations of one PATCH can cost.
  maxValues: 1_000,
  keptWhenOmitted: false,
  alwaysAssigned: false,
  initial: undefined,
  neverPassedOver: false,
  discarded: false,
};

// PostgreSQL refuses index entries over 2,704 bytes: a longer text would be its error and not ours.
const indexed = { maxLength: 1_024, maxBytes: 2_048 };

/** Of a host's own: in the index the value stands beside its organization, its resource type and its attribute's name. */
const unique: AttributeRules = { ...defaults, maxLength: 1_024, maxBytes: 1_024 };

const get = (attributes: readonly Attribute[] | undefined, name: string): Attribute => {
  const attribute = attributes?.find((each) => each.name === name);
  if (attribute === undefined) throw new Error(`There is no attribute ${name} to give rules to.`);
  return attribute;
};

const rules: ReadonlyMap<Attribute, AttributeRules> = new Map<Attribute, AttributeRules>([
  // Clearing it would break the link to the person's SSO login.
  [get(commonAttributes, 'externalId'), { ...defaults, ...indexed, keptWhenOmitted: true }],
  [get(userSchema.attributes, 'userName'), { ...defaults, ...indexed }],
  [get(userSchema.attributes, 'password'), { ...defaults, discarded: true }],
  // Clearing it would let a suspended person back in.
  [
    get(userSchema.attributes, 'active'),
    { ...defaults, keptWhenOmitted: true, alwaysAssigned: true, initial: true, neverPassedOver: true },
  ],
  [get(get(userSchema.attributes, 'emails').subAttributes, 'value'), { ...defaults, ...indexed }],
  [get(groupSchema.attributes, 'displayName'), { ...defaults, ...indexed }],
  // As many as fit into the body (decisions.md 27).
  [get(groupSchema.attributes, 'members'), { ...defaults, maxValues: Infinity }],
]);
