import { applyPatch } from '../../../src/scim/protocol/apply-patch.js';
import { readPatch } from '../../../src/scim/protocol/read-patch.js';
import type { Json, JsonObject } from '../../../src/scim/protocol/resource.js';
import { complex, simple } from '../../../src/scim/protocol/schemas/attribute.js';
import { userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import type { ResourceType } from '../../../src/scim/protocol/schemas/schema.js';
import { ScimError } from '../../../src/scim/protocol/scim-error.js';

export const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const RESOURCE_ID = '7d0e0c6e-2f3a-4d0e-9c1b-5f2f5a9b8e11';

/** An extension as a host might register one: what the RFC's own schemas have no example of. */
export const BADGE = 'urn:example:params:scim:schemas:extension:badge:1.0:User';

export const badgeUser: ResourceType = {
  ...userResourceType,
  extensions: [
    ...userResourceType.extensions,
    {
      required: false,
      schema: {
        id: BADGE,
        name: 'Badge',
        description: 'Badge',
        attributes: [
          simple({ name: 'number', description: '', type: 'integer', required: true, mutability: 'immutable' }),
          simple({ name: 'weight', description: '', type: 'decimal' }),
          simple({ name: 'issued', description: '', type: 'dateTime' }),
          simple({ name: 'pin', description: '', mutability: 'writeOnly', returned: 'never' }),
          simple({ name: 'doors', description: '', multiValued: true }),
          complex({
            name: 'printer',
            description: '',
            subAttributes: [
              simple({ name: 'serial', description: '', mutability: 'immutable' }),
              simple({ name: 'site', description: '' }),
            ],
          }),
        ],
      },
    },
  ],
};

/** As it comes out of a body parser: an own `__proto__` key stays one. */
export const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** As a response would show it. */
export const plain = (value: Json): unknown => JSON.parse(JSON.stringify(value));

export const patched = (
  current: JsonObject,
  operations: readonly unknown[],
  resourceType: ResourceType = userResourceType,
): unknown => {
  const body = overTheWire({ schemas: [PATCH_OP], Operations: operations });
  return plain(applyPatch(current, readPatch(body, resourceType), resourceType, RESOURCE_ID));
};

/** `400 invalidValue`, or `nothing` where nothing was thrown; any other error goes on. */
export const rejectionOf = (action: () => unknown): string => {
  const error = errorOf(action);
  return error === undefined ? 'nothing' : [error.status, error.scimType].filter(Boolean).join(' ');
};

export const detailOf = (action: () => unknown): string => errorOf(action)?.message ?? '';

const errorOf = (action: () => unknown): ScimError | undefined => {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
};
