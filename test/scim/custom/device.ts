import { Column, Entity, Unique } from 'typeorm';
import { type CustomResourceType, ScimResourceRow } from '../../../src/scim/index.js';
import {
  binary,
  boolean,
  complex,
  dateTime,
  plural,
  reference,
  simple,
} from '../../../src/scim/protocol/schemas/attribute.js';
import type { ResourceType, Schema } from '../../../src/scim/protocol/schemas/schema.js';
import { type ModuleHost, type ModuleHostSettings, startModuleHost } from '../../support/module-host.js';

export const DEVICE = 'urn:example:scim:schemas:1.0:Device';
export const LEASE = 'urn:example:scim:schemas:1.0:Lease';

/** An attribute of every kind. */
const deviceSchema: Schema = {
  id: DEVICE,
  name: 'Device',
  description: 'A device of the company.',
  attributes: [
    simple({
      name: 'serialNumber',
      description: 'Of the maker.',
      required: true,
      caseExact: true,
      uniqueness: 'server',
    }),
    simple({ name: 'model', description: 'Name of the model.' }),
    simple({ name: 'hostName', description: 'In the network.', uniqueness: 'server' }),
    simple({ name: 'assetTag', description: 'Glued on.', mutability: 'immutable', caseExact: true }),
    simple({ name: 'slots', description: 'How many.', type: 'integer' }),
    simple({ name: 'weight', description: 'In kilograms.', type: 'decimal' }),
    boolean({ name: 'leased', description: 'Whether it is.' }),
    dateTime({ name: 'boughtAt', description: 'When.' }),
    reference({ name: 'manual', description: 'Where to read.', referenceTypes: ['external'] }),
    binary({ name: 'key', description: 'Its public key.' }),
    dateTime({ name: 'lastSeen', description: 'By us.', mutability: 'readOnly' }),
    simple({ name: 'note', description: 'On request.', returned: 'request' }),
    complex({
      name: 'warranty',
      description: 'Of the maker.',
      subAttributes: [
        simple({ name: 'provider', description: 'Who gives it.' }),
        dateTime({ name: 'endsAt', description: 'Until when.' }),
      ],
    }),
    simple({ name: 'tags', description: 'Labels.', multiValued: true }),
    plural({
      name: 'addresses',
      description: 'In the network.',
      thing: 'address',
      value: simple({ name: 'value', description: 'The address.' }),
      types: ['lan', 'wifi'],
    }),
  ],
};

const leaseSchema: Schema = {
  id: LEASE,
  name: 'Lease',
  description: 'What the lessor says.',
  attributes: [
    simple({ name: 'contract', description: 'Its number.', required: true, caseExact: true, uniqueness: 'server' }),
    simple({ name: 'lessor', description: 'Who leases.' }),
  ],
};

export const deviceType: ResourceType = {
  name: 'Device',
  endpoint: '/Devices',
  description: 'Device',
  schema: deviceSchema,
  extensions: [],
};

/** Another type in the same table. */
const licenceType: ResourceType = {
  name: 'Licence',
  endpoint: '/Licences',
  description: 'Licence',
  schema: {
    id: 'urn:example:scim:schemas:1.0:Licence',
    name: 'Licence',
    description: 'A licence of the company.',
    attributes: [simple({ name: 'serialNumber', description: 'A key.', caseExact: true, uniqueness: 'server' })],
  },
  extensions: [],
};

/** Names that only quotes hold together. */
@Entity('owned device')
@Unique(['organizationId', 'serialNumber'])
@Unique(['organizationId', 'hostNameKey'])
export class Device extends ScimResourceRow {
  @Column({ type: 'varchar', length: 60, name: 'serial_number' })
  serialNumber: string;

  @Column({ type: 'text', nullable: true })
  model: string | null;

  @Column({ type: 'text', name: 'model_key', nullable: true, collation: 'C' })
  modelKey: string | null;

  @Column({ type: 'text', name: 'host_name_key', nullable: true })
  hostNameKey: string | null;

  @Column({ type: 'integer', nullable: true })
  slots: number | null;

  @Column({ type: 'numeric', nullable: true })
  weight: string | null;

  @Column({ type: 'boolean', nullable: true })
  leased: boolean | null;

  @Column({ type: 'timestamptz', name: 'bought_at', nullable: true })
  boughtAt: Date | null;

  @Column({ type: 'timestamptz', name: 'warranty_ends_at', nullable: true })
  warrantyEndsAt: Date | null;

  @Column({ type: 'timestamptz', name: 'last_seen', nullable: true })
  lastSeen: Date | null;

  @Column({ type: 'text', name: "lease's contract; --", nullable: true })
  leaseContract: string | null;

  /** The host's own. */
  @Column({ type: 'integer', name: 'times_seen', default: 0 })
  timesSeen: number;
}

const ownTable: CustomResourceType = {
  type: deviceType,
  entity: Device,
  columns: {
    serialNumber: 'serialNumber',
    model: { value: 'model', key: 'modelKey' },
    hostname: { key: 'hostNameKey' },
    slots: 'slots',
    weight: 'weight',
    leased: 'leased',
    boughtAt: 'boughtAt',
    lastSeen: 'lastSeen',
    'warranty.endsAt': 'warrantyEndsAt',
    [`${LEASE}:contract`]: 'leaseContract',
  },
};

/** Both kinds of table, for `describe.each`. */
export const TABLES = ['scim_resource', 'owned device'] as const;

/** A module host with devices in one of the tables, and with licences in `scim_resource`. */
export function startDeviceHost(
  table: (typeof TABLES)[number],
  settings: ModuleHostSettings = {},
): Promise<ModuleHost> {
  const devices = table === 'owned device' ? ownTable : { type: deviceType };
  return startModuleHost({
    ...settings,
    ...(table === 'owned device' ? { entities: [Device] } : {}),
    extras: {
      resourceTypes: [devices, { type: licenceType }],
      extensions: [{ resourceType: 'Device', schema: leaseSchema }],
      ...settings.extras,
    },
  });
}
