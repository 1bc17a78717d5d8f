import { Controller, Get, UseGuards } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ProvisionedIdentity } from '../../scim/index.js';
import { type Actor, CurrentActor } from '../auth/actor.js';
import { OwnerGuard } from '../auth/owner.guard.js';
import { Device } from './device.entity.js';

/** A device and whose it is. */
interface DeviceOverview {
  readonly id: string;
  readonly serialNumber: string;
  readonly model: string | null;
  readonly owner: string | null;
}

@Controller('api/organizations/:slug/devices')
export class DevicesController {
  constructor(private readonly dataSource: DataSource) {}

  /** One join: that is what a table of one's own is for. */
  @Get()
  @UseGuards(OwnerGuard)
  async list(@CurrentActor() { organizationId }: Actor): Promise<DeviceOverview[]> {
    return this.dataSource
      .getRepository(Device)
      .createQueryBuilder('device')
      .leftJoin(
        ProvisionedIdentity,
        'owner',
        `owner.organizationId = device.organizationId AND owner.id::text = device.ownerId AND owner.state <> 'deprovisioned'`,
      )
      .where('device.organizationId = :organizationId', { organizationId })
      .orderBy('device.serialNumber')
      .select('device.id', 'id')
      .addSelect('device.serialNumber', 'serialNumber')
      .addSelect('device.model', 'model')
      .addSelect('owner.userName', 'owner')
      .getRawMany<DeviceOverview>();
  }
}
