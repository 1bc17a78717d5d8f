/** RFC 7643 §2.2: the types of the attributes that the constructors of `attribute.ts` make, with literals for what they were given. */
import type { Attribute, AttributeType } from './schema.js';

/** What a constructor is told. */
export type Facts = Pick<Attribute, 'name' | 'description'> & Partial<Attribute>;

export type ReferenceFacts = Facts & Required<Pick<Attribute, 'referenceTypes'>>;

export type ComplexFacts = Facts & Required<Pick<Attribute, 'subAttributes'>>;

export type PluralFacts = Facts & {
  readonly value: Attribute;
  /** Canonical values of the sub-attribute `type`. */
  readonly types?: readonly string[];
  /** What one value is, for the descriptions. */
  readonly thing: string;
};

/** An attribute of type `T` as `F` describes it. */
export type Of<T extends AttributeType, F> = Over<Defaults<T>, F>;

export type SimpleOf<F> = Of<'string', F>;

/** The same of a type whose values are case exact. */
export type ExactOf<T extends AttributeType, F> = Over<Over<Defaults<T>, { readonly caseExact: true }>, F>;

/** A multi-valued attribute with the sub-attributes of RFC 7643 §2.4. */
export type PluralOf<F extends PluralFacts> = Pick<F, 'name' | 'description'> &
  Over<Over<Defaults<'complex'>, { readonly multiValued: true }>, Omit<F, OwnFacts>> & {
    readonly subAttributes: readonly [
      F['value'],
      SimpleOf<{ readonly name: 'display'; readonly description: string }>,
      SimpleOf<{ readonly name: 'type'; readonly description: string } & CanonicalTypes<F>>,
      Of<'boolean', { readonly name: 'primary'; readonly description: string }>,
    ];
  };

type OwnFacts = 'name' | 'description' | 'value' | 'types' | 'thing' | 'subAttributes';

type CanonicalTypes<F extends PluralFacts> = F extends { readonly types: infer T extends readonly string[] }
  ? { readonly canonicalValues: T }
  : object;

/** `F`, and what `D` says where `F` says nothing; facts that may be absent (`required?: boolean`) are there after all. */
type Over<D, F> = Omit<D, keyof F> & F & Required<Pick<F, keyof F & keyof D>>;

interface Defaults<T extends AttributeType> {
  readonly type: T;
  readonly multiValued: false;
  readonly required: false;
  readonly caseExact: false;
  readonly mutability: 'readWrite';
  readonly returned: 'default';
  readonly uniqueness: 'none';
}
