import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  deleteRemovedConnection,
  findRemovedOrganizations,
  markOrganizationRemoved,
  ORGANIZATION_ROWS,
} from '../persistence/organization-statements.js';
import { ScimDatabase, type Statement } from '../persistence/scim-database.js';
import { ScimTokenVerifier } from '../tokens/scim-token-verifier.js';

/** Rows of one statement: it holds no lock for long, and stays far below the time that a statement may take. */
const BATCH = 2000;

/** Organizations that are gone from the host: their tokens at once, their rows in batches. */
@Injectable()
export class OrganizationRemovals {
  private readonly logger = new Logger(OrganizationRemovals.name);

  constructor(
    private readonly database: ScimDatabase,
    private readonly verifier: ScimTokenVerifier,
  ) {}

  /** What cannot be deleted now is left to `tick`. In a transaction of the host's nothing but the tokens is. */
  async remove(organizationId: string, manager?: EntityManager): Promise<void> {
    const [known] = await this.database.run(markOrganizationRemoved, [organizationId], manager);
    this.verifier.forgetOrganization(organizationId);
    if (known && !manager) await this.deleteRows(organizationId, () => false);
  }

  /** Deletes what is left of removed organizations. Any number of processes may do it at the same time. */
  async tick(isStopping: () => boolean): Promise<void> {
    const removed = await this.database.run<{ organizationId: string }>(findRemovedOrganizations, []);
    for (const { organizationId } of removed) {
      // Also where the host's transaction committed after its own process forgot them.
      this.verifier.forgetOrganization(organizationId);
      await this.deleteRows(organizationId, isStopping);
    }
  }

  /** Never throws: one organization holds up no other. */
  private async deleteRows(organizationId: string, isStopping: () => boolean): Promise<void> {
    try {
      for (const statement of ORGANIZATION_ROWS) await this.deleteAll(statement, organizationId, isStopping);
      if (!isStopping()) await this.database.run(deleteRemovedConnection, [organizationId]);
    } catch (error) {
      this.logger.warn(`Rows of the removed organization ${organizationId} wait to be deleted: ${String(error)}`);
    }
  }

  private async deleteAll(statement: Statement, organizationId: string, isStopping: () => boolean): Promise<void> {
    for (let deleted = BATCH; deleted === BATCH && !isStopping();) {
      deleted = (await this.database.run(statement, [organizationId, BATCH])).length;
    }
  }
}
