import { readdirSync, readFileSync } from 'node:fs';
import { applyPatch } from '../../../src/scim/protocol/apply-patch.js';
import { readPatch } from '../../../src/scim/protocol/read-patch.js';
import type { JsonObject } from '../../../src/scim/protocol/resource.js';
import { groupResourceType, userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { plain, rejectionOf } from './patching.js';

interface RfcFixture {
  readonly source: string;
  readonly cases: readonly {
    readonly name: string;
    readonly resourceType: 'User' | 'Group';
    readonly before: JsonObject;
    readonly request: unknown;
    readonly after?: JsonObject;
    readonly error?: string;
  }[];
}

const folder = new URL('../../rfc/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.startsWith('rfc7644-3.5.2'));

it('has a fixture for each section', () => {
  expect(files).toHaveLength(3);
});

describe.each(files)('%s', (file) => {
  const fixture: RfcFixture = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

  it.each(fixture.cases)('$name', ({ resourceType, before, request, after, error }) => {
    const type = resourceType === 'User' ? userResourceType : groupResourceType;
    const run = () => plain(applyPatch(before, readPatch(request, type), type, 'x'));
    if (error !== undefined) expect(rejectionOf(run)).toBe(error);
    else expect(run()).toEqual(after);
  });
});
