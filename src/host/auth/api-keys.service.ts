import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiKey } from './api-key.entity.js';
import { hashSecret, newSecret } from './secret.js';

export interface NewApiKey {
  readonly id: string;
  /** Shown this once. */
  readonly key: string;
  readonly label: string | null;
}

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
}
