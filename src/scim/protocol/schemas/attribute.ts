/** RFC 7643 §2.2: constructors that fill in the default characteristics, so that a schema file reads as data. */
import type { Attribute } from './schema.js';

type Facts = Pick<Attribute, 'name' | 'description'> & Partial<Attribute>;

/** A simple attribute: a string that may be read and written, unless `facts` say otherwise. */
export const simple = (facts: Facts): Attribute => ({
  type: 'string',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...facts,
});

export const boolean = (facts: Facts): Attribute => simple({ type: 'boolean', ...facts });

export const dateTime = (facts: Facts): Attribute => simple({ type: 'dateTime', ...facts });

/** RFC 7643 §2.3.6: base64 text; case matters. */
export const binary = (facts: Facts): Attribute => simple({ type: 'binary', caseExact: true, ...facts });

/** RFC 7643 §2.3.7: "a reference is case exact". */
export const reference = (facts: Facts & Required<Pick<Attribute, 'referenceTypes'>>): Attribute =>
  simple({ type: 'reference', caseExact: true, ...facts });

export const complex = (facts: Facts & Required<Pick<Attribute, 'subAttributes'>>): Attribute =>
  simple({ type: 'complex', ...facts });

/** RFC 7643 §2.4: a multi-valued attribute with the default sub-attributes `value`, `display`, `type` and `primary`. */
export const plural = (
  facts: Facts & { readonly value: Attribute; readonly types?: readonly string[]; readonly thing: string },
): Attribute => {
  const { value, types, thing, ...rest } = facts;
  return complex({
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
};
