import fc from 'fast-check';
import { compareText, fold, toComparable } from '../../../src/scim/protocol/comparable.js';
import { simple } from '../../../src/scim/protocol/schemas/attribute.js';
import type { Attribute } from '../../../src/scim/protocol/schemas/schema.js';

const of = (facts: Partial<Attribute>): Attribute => simple({ name: 'x', description: '', ...facts });
const wellFormed = fc.string({ unit: 'binary' });

describe('fold', () => {
  it.each([
    ['ADA@ACME.IO', 'ada@acme.io'],
    ['Zoe\u0308', 'zo\u00eb'],
    ['ZO\u00cb', 'zo\u00eb'],
    ['\u212b', '\u00e5'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδος', 'ΟΔΟΣ'],
    ['山田', '山田'],
  ])('makes %j and %j equal', (left, right) => {
    expect(fold(left)).toBe(fold(right));
  });

  it('does not mix up different letters', () => {
    expect(fold('é')).not.toBe(fold('e'));
  });

  it('keeps a part of a word a part of it', () => {
    expect(fold('ΟΔΟΣΑ').startsWith(fold('ΟΔΟΣ'))).toBe(true);
  });

  it('changes nothing the second time', () => {
    fc.assert(fc.property(wellFormed, (text) => fold(fold(text)) === fold(text)));
  });
});

describe('toComparable', () => {
  it.each([
    ['a string without regard to case', of({}), 'ABC', 'abc'],
    ['a caseExact string as it is', of({ caseExact: true }), 'ABC', 'ABC'],
    ['a boolean', of({ type: 'boolean' }), false, false],
    ['an integer', of({ type: 'integer' }), 5, 5],
    ['a decimal', of({ type: 'decimal' }), 1.5, 1.5],
    ['a dateTime in UTC', of({ type: 'dateTime' }), '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00.000Z'],
    ['a reference', of({ type: 'reference', caseExact: true }), 'https://x/Y', 'https://x/Y'],
    ['binary text', of({ type: 'binary', caseExact: true }), 'QUI=', 'QUI='],
    ['a number where a string belongs: not at all', of({}), 5, undefined],
    ['a string where a boolean belongs: not at all', of({ type: 'boolean' }), 'true', undefined],
    ['a string where a number belongs: not at all', of({ type: 'integer' }), '5', undefined],
    ['text that is no dateTime: not at all', of({ type: 'dateTime' }), 'yesterday', undefined],
    ['null: not at all', of({}), null, undefined],
    ['a complex value: not at all', of({ type: 'complex' }), { value: 'x' }, undefined],
  ])('compares %s', (_what, attribute, value, expected) => {
    expect(toComparable(attribute, value)).toBe(expected);
  });
});

describe('compareText', () => {
  it('orders by code point, not by UTF-16 unit', () => {
    expect(compareText('\u{1f600}', '\uffee')).toBeGreaterThan(0);
    expect(compareText('a', 'ab')).toBeLessThan(0);
    expect(compareText('Z', 'a')).toBeLessThan(0);
    expect(compareText('a', 'a')).toBe(0);
  });

  it('orders as the bytes of UTF-8 are ordered', () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, (left, right) => {
        expect(Math.sign(compareText(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
      }),
    );
  });
});
