import type { ProvisionedIdentity } from '../../../src/scim/index.js';

/** An identity nobody signed in to yet, but for what matters to the test. */
export const anIdentity = (values: Partial<ProvisionedIdentity> = {}): ProvisionedIdentity => ({
  id: '00000000-0000-4000-8000-000000000001',
  organizationId: 'acme',
  connectionId: '00000000-0000-4000-8000-00000000000c',
  externalId: 'E-1',
  userName: 'Ada@acme.example',
  userNameKey: 'ada@acme.example',
  state: 'provisioned',
  active: true,
  accountId: null,
  linkedBy: null,
  attributes: {},
  search: {},
  emailKeys: [],
  version: 1,
  eventSeq: 1,
  createdAt: new Date(0),
  modifiedAt: new Date(0),
  stateChangedAt: new Date(0),
  erasedAt: null,
  ...values,
});
