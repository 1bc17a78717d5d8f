/** RFC 7643 §6 and §8.6: the resource types User and Group. */
import { enterpriseUserSchema } from './enterprise-user.js';
import { groupSchema } from './group.js';
import type { ResourceType } from './schema.js';
import { userSchema } from './user.js';

export const userResourceType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'User Account',
  schema: userSchema,
  extensions: [{ schema: enterpriseUserSchema, required: false }],
};

export const groupResourceType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Group',
  schema: groupSchema,
  extensions: [],
};
