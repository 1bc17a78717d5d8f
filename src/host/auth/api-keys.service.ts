import { randomUUID } from 'node:crypto';
import { Injectable, NotFoundException } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiKey } from './api-key.entity.js';
import { hashSecret, newSecret } from './secret.js';

export interface NewApiKey {
  readonly id: string;
  /** Shown this once. */
  readonly key: string;
  readonly label: string | null;
}

export type ApiKeySummary = Pick<ApiKey, 'id' | 'label' | 'createdAt'>;

/** Personal API keys: `Authorization: ApiKey …`. */
@Injectable()
export class ApiKeysService {
  constructor(private readonly dataSource: DataSource) {}

  async create(organizationId: string, accountId: string, label: string | undefined): Promise<NewApiKey> {
    // The prefix lets secret scanners and people tell it from a SCIM token.
    const key = `key_${newSecret()}`;
    const row = { id: randomUUID(), organizationId, accountId, label: label ?? null };
    await this.dataSource.getRepository(ApiKey).insert({ ...row, hash: hashSecret(key) });
    return { id: row.id, key, label: row.label };
  }

  async list(organizationId: string, accountId: string): Promise<ApiKeySummary[]> {
    const keys = this.dataSource.getRepository(ApiKey);
    const select = { id: true, label: true, createdAt: true };
    return keys.find({ select, where: { organizationId, accountId }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /**
   * For good: nothing brings a revoked key back.
   * @param accountId whose it has to be; undefined: anybody's.
   * @throws NotFoundException
   */
  async revoke(organizationId: string, id: string, accountId: string | undefined): Promise<void> {
    const where = { organizationId, id, ...(accountId === undefined ? {} : { accountId }) };
    const { affected } = await this.dataSource.getRepository(ApiKey).delete(where);
    if (!affected) throw new NotFoundException('There is no such API key.');
  }
}
