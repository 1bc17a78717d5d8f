/**
 * RFC 7643 §2.2: constructors that fill in the default characteristics, so that a schema file reads as data. They keep
 * what they are given as literal types: the type of a resource follows from its schema (`../resource-of.ts`).
 */
import type {
  ComplexFacts,
  ExactOf,
  Facts,
  Of,
  PluralFacts,
  PluralOf,
  ReferenceFacts,
  SimpleOf,
} from './attribute-types.js';
import type { Attribute } from './schema.js';

/** A simple attribute: a string that may be read and written, unless `facts` say otherwise. */
export function simple<const F extends Facts>(facts: F): SimpleOf<F>;
export function simple(facts: Facts): Attribute {
  return complete(facts);
}

/** RFC 7643 §2.3.2: true or false. */
export function boolean<const F extends Facts>(facts: F): Of<'boolean', F>;
export function boolean(facts: Facts): Attribute {
  return complete({ type: 'boolean', ...facts });
}

/** RFC 7643 §2.3.5: a moment; the value stays as sent, and is compared in UTC. */
export function dateTime<const F extends Facts>(facts: F): Of<'dateTime', F>;
export function dateTime(facts: Facts): Attribute {
  return complete({ type: 'dateTime', ...facts });
}

/** RFC 7643 §2.3.6: base64 text; case matters. */
export function binary<const F extends Facts>(facts: F): ExactOf<'binary', F>;
export function binary(facts: Facts): Attribute {
  return complete({ type: 'binary', caseExact: true, ...facts });
}

/** RFC 7643 §2.3.7: "a reference is case exact". */
export function reference<const F extends ReferenceFacts>(facts: F): ExactOf<'reference', F>;
export function reference(facts: ReferenceFacts): Attribute {
  return complete({ type: 'reference', caseExact: true, ...facts });
}

/** RFC 7643 §2.3.8: an attribute that consists of others. */
export function complex<const F extends ComplexFacts>(facts: F): Of<'complex', F>;
export function complex(facts: ComplexFacts): Attribute {
  return complete({ type: 'complex', ...facts });
}

/** RFC 7643 §2.4: a multi-valued attribute with the default sub-attributes `value`, `display`, `type` and `primary`. */
export function plural<const F extends PluralFacts>(facts: F): PluralOf<F>;
export function plural(facts: PluralFacts): Attribute {
  const { value, types, thing, ...rest } = facts;
  return complete({
    type: 'complex',
    multiValued: true,
    ...rest,
    subAttributes: [
      value,
      simple({ name: 'display', description: `A human-readable name of the ${thing}, for display only.` }),
      simple({
        name: 'type',
        description: `A label for the function of the ${thing}.`,
        ...(types === undefined ? {} : { canonicalValues: types }),
      }),
      boolean({
        name: 'primary',
        description: `True for the preferred ${thing}; at most one value of the attribute is primary.`,
      }),
    ],
  });
}

const complete = (facts: Facts): Attribute => ({
  type: 'string',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...facts,
});
