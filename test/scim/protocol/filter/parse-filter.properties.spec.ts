import fc from 'fast-check';
import { parseFilter } from '../../../../src/scim/protocol/filter/parse-filter.js';
import { userResourceType } from '../../../../src/scim/protocol/schemas/resource-types.js';
import { show } from './show-filter.js';

const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const text = fc.string({ unit: 'grapheme', maxLength: 8 }).map((value) => JSON.stringify(value));
const inner = fc.oneof(
  fc
    .tuple(fc.constantFrom('type', 'value', 'DISPLAY'), fc.constantFrom('eq', 'ne', 'co', 'SW', 'ew', 'lt'), text)
    .map((parts) => parts.join(' ')),
  fc.constantFrom('primary eq true', 'type pr', 'not (primary pr)'),
);
const { filter: filters } = fc.letrec<{ filter: string; term: string }>((tie) => ({
  filter: fc
    .array(fc.tuple(tie('term'), fc.constantFrom(' and ', ' or ', ' AND ')), { minLength: 1, maxLength: 3 })
    .map((terms) => terms.map(([term, word], index) => (index === 0 ? term : `${word}${term}`)).join('')),
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true, maxDepth: 3 },
    fc
      .tuple(
        fc.constantFrom('userName', 'title', `${E}:department`, 'name.familyName'),
        fc.constantFrom('eq', 'co', 'ge'),
        text,
      )
      .map((parts) => parts.join(' ')),
    fc.constantFrom('active eq false', 'meta.created lt "2026-01-01T00:00:00Z"', 'title eq null'),
    fc.tuple(fc.constantFrom('emails', 'ims', 'roles'), inner, inner).map(([name, a, b]) => `${name}[${a} or ${b}]`),
    inner.map((after) => `emails[type pr].${after.startsWith('not') ? 'value pr' : after}`),
    tie('filter').map((filter) => `(${filter})`),
    tie('filter').map((filter) => `not (${filter})`),
  ),
}));

// What the generator makes can be longer than the usual limits.
const wide = { maxLength: 100_000, maxDepth: 1000, maxTerms: 10_000 };

describe('parseFilter, with anything', () => {
  it('reads every filter the grammar makes', () => {
    fc.assert(fc.property(filters, (text) => show(parseFilter(text, userResourceType, wide)).length > 0));
  });

  it('answers junk with invalidFilter and nothing else', () => {
    const words =
      'userName emails active type meta.created eq NE co gt pr and or not ( ) [ ] . " \\ true null 5 - 1e999 : $';
    const pieces = fc.constantFrom(...words.split(' '), ' ', '"x"', '"\\ud800"', "'", '\u0000', '😀');
    const junk = fc.oneof(
      fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(junk, (text) => {
        try {
          parseFilter(text, userResourceType);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ScimError', status: 400, scimType: 'invalidFilter' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
