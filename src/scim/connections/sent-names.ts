import type { LinkedBy } from '../persistence/entities/provisioned-identity.entity.js';
import type { SentNames } from '../persistence/link-check-statements.js';
import { fold } from '../protocol/comparable.js';
import { domainOf, mask, NAME_SHAPES, type NameShape, shapeOf } from './name-shape.js';

/** The attributes that a NameID may equal. */
export const LINK_KEYS = ['externalId', 'userName'] as const satisfies readonly LinkedBy[];

/** What an identity provider puts into one of them. */
export interface SentAttribute {
  readonly attribute: LinkedBy;
  /** Of most of the people looked at. */
  readonly shape: NameShape;
  /** How many of these people it is true of, 0 to 1. */
  readonly share: number;
  /** Of one of them, masked; null where there is none. */
  readonly example: string | null;
}

export const sentAttributes = (people: readonly SentNames[]): readonly SentAttribute[] =>
  people.length === 0 ? [] : LINK_KEYS.map((attribute) => describe(attribute, people));

function describe(attribute: LinkedBy, people: readonly SentNames[]): SentAttribute {
  const shapes = people.map((person) => shapeOf(person[attribute]));
  const countOf = (wanted: NameShape): number => shapes.filter((each) => each === wanted).length;
  const [shape] = NAME_SHAPES.toSorted((one, other) => countOf(other) - countOf(one));
  const value = people.find((person) => shapeOf(person[attribute]) === shape)?.[attribute] ?? null;
  const share = Math.round((countOf(shape ?? 'none') / people.length) * 100) / 100;
  return { attribute, shape: shape ?? 'none', share, example: value === null ? null : mask(value) };
}

/** Of a name that another person could have, too: an address of the same domain, else of the same shape. */
export function lookOf(text: string): string {
  const shape = shapeOf(text);
  return shape === 'email' ? `@${fold(domainOf(text) ?? '')}` : shape;
}

/** The looks of all that could equal a NameID. */
export const looksOf = (people: readonly SentNames[]): ReadonlySet<string> =>
  new Set(
    people
      .flatMap(({ externalId, userName }) => [externalId, userName])
      .flatMap((text) => (text === null ? [] : lookOf(text))),
  );

/** Most of the people have what stands before the `@` as their externalId: what Entra ID does by default. */
export function isNickname(people: readonly SentNames[]): boolean {
  const some = people.filter(({ externalId, userName, emailKeys }) => {
    const names = [fold(userName), ...emailKeys].filter((name) => name.includes('@'));
    return externalId !== null && names.some((name) => name.startsWith(`${fold(externalId)}@`));
  });
  return some.length > 0 && some.length * 2 > people.length;
}

/** Shapes that say for sure that two names are of different kinds. */
const TELLING: ReadonlySet<NameShape> = new Set(['none', 'email', 'uuid', 'okta-id']);

/**
 * People of whom neither attribute looks like the NameIDs that find people by it; nobody, while none was found.
 * @param found by attribute, the shapes of these NameIDs.
 */
export function unlike(
  people: readonly SentNames[],
  found: ReadonlyMap<LinkedBy, ReadonlySet<NameShape>>,
): readonly SentNames[] {
  const fits = (person: SentNames, attribute: LinkedBy): boolean => {
    const shape = shapeOf(person[attribute]);
    const shapes = [...(found.get(attribute) ?? [])];
    return shapes.some((known) => known === shape || !(TELLING.has(known) || TELLING.has(shape)));
  };
  if ([...found.values()].every((shapes) => shapes.size === 0)) return [];
  return people.filter((person) => !LINK_KEYS.some((attribute) => fits(person, attribute)));
}
