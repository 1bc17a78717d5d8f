import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsUUID } from 'class-validator';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor } from '../auth/actor.js';
import { OwnerGuard } from '../auth/owner.guard.js';
import type { Member } from '../organizations/memberships.service.js';

/** Query of `GET accounts`. */
export class AccountsQueryDto {
  @Transform(({ value }: { value: unknown }) => [value].flat())
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsUUID('all', { each: true })
  id: string[];
}

type NamedAccount = Pick<Member, 'accountId' | 'displayName' | 'email' | 'role' | 'status'>;

/** Names to the account ids that the module's admin API speaks of: it knows no more of an account. */
@Controller('api/organizations/:slug/accounts')
export class AccountsController {
  constructor(private readonly dataSource: DataSource) {}

  /** Those that are members of the organization; others are left out. */
  @Get()
  @UseGuards(OwnerGuard)
  async find(
    @CurrentActor() { organizationId }: Actor,
    @Query() { id }: AccountsQueryDto,
  ): Promise<{ accounts: readonly NamedAccount[] }> {
    return { accounts: await this.dataSource.query<NamedAccount[]>(FIND_ACCOUNTS, [organizationId, id]) };
  }
}

const FIND_ACCOUNTS = `
SELECT m.account_id AS "accountId", a.email, coalesce(m.display_name, a.display_name) AS "displayName", m.role, m.status
FROM membership m JOIN account a ON a.id = m.account_id
WHERE m.organization_id = $1 AND m.account_id = ANY($2::uuid[])`;
