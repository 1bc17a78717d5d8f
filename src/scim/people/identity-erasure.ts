import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type ErasureReason, UserErased } from '../events/scim-events.js';
import { ScimRelay } from '../events/scim-relay.js';
import { IdentitiesService } from '../identities/identities.service.js';
import { ScimLogService } from '../log/scim-log.service.js';
import {
  claimErasable,
  type ErasableRow,
  eraseDeliveryErrors,
  eraseIdentity,
  findNamesToErase,
  lockForErasure,
} from '../persistence/erasure-statements.js';
import { isId } from '../persistence/is-id.js';
import type { DeliveryKey, NewEvent } from '../persistence/outbox-statements.js';
import { eraseRefusedLogins } from '../persistence/refused-login-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { fold } from '../protocol/comparable.js';
import { conflict, notFound } from '../protocol/scim-error.js';

/** Who wants it. */
interface Wish {
  readonly reason: ErasureReason;
  readonly actorId?: string | undefined;
}

/** Whose traces may still be on their way into the database, and what they are found by. */
export interface Erased {
  readonly organizationId: string;
  readonly identityId: string;
  readonly names: readonly string[];
}

interface Erasure {
  /** Undefined: the person was erased before. */
  readonly erased: Erased | undefined;
  readonly deliveries: readonly DeliveryKey[];
}

/** Takes all that is personal of a removed identity out of the module's tables. What it leaves is keyed hashes and a history. */
@Injectable()
export class IdentityErasure {
  constructor(
    private readonly database: ScimDatabase,
    private readonly identities: IdentitiesService,
    private readonly log: ScimLogService,
    private readonly relay: ScimRelay,
  ) {}

  /**
   * A suspended identity is deprovisioned first, in the same transaction.
   * @returns what to look for again once other processes have written their logs; undefined where it was erased before.
   * @throws ScimError 404; 409 while the identity is provisioned or active, or where the host refuses the removal.
   */
  async erase(organizationId: string, id: string, actorId?: string): Promise<Erased | undefined> {
    if (!isId(id)) throw unknown();
    const { erased, deliveries } = await this.database.transactionWithRetry(async (manager) => {
      const [identity] = await this.database.run<ErasableRow>(lockForErasure, [organizationId, id], manager);
      if (!identity) throw unknown();
      const removal = await this.deprovision(identity, actorId, manager);
      const erasure = await this.eraseRemoved(removal.identity, { reason: 'admin', actorId }, manager);
      return { ...erasure, deliveries: [...removal.deliveries, ...erasure.deliveries] };
    });
    await this.relay.deliverNow(deliveries);
    return erased;
  }

  /**
   * One that was removed so many days ago; two processes take different ones.
   * @param except ids that are left out.
   * @returns its id, also where that failed; undefined where there is none.
   */
  async eraseNext(days: number, except: readonly string[]): Promise<{ id: string; error?: unknown } | undefined> {
    let id: string | undefined;
    try {
      await this.database.transaction(async (manager) => {
        const [identity] = await this.database.run<ErasableRow>(claimErasable, [days, except], manager);
        id = identity?.id;
        if (identity) await this.eraseRemoved(identity, { reason: 'retention' }, manager);
      });
      if (id === undefined) return undefined;
      this.relay.nudge();
      return { id };
    } catch (error) {
      if (id === undefined) throw error;
      return { id, error };
    }
  }

  /** Out of logs and notes, also of what other processes wrote after the erasure. */
  async eraseTraces({ organizationId, identityId, names }: Erased, manager?: EntityManager): Promise<void> {
    await this.log.erase(organizationId, identityId, names, manager);
    await this.database.run(eraseRefusedLogins, [organizationId, names.map(fold)], manager);
    await this.database.run(eraseDeliveryErrors, [organizationId, identityId], manager);
  }

  private async deprovision(
    identity: ErasableRow,
    actorId: string | undefined,
    manager: EntityManager,
  ): Promise<{ identity: ErasableRow; deliveries: readonly DeliveryKey[] }> {
    const { organizationId, id, state } = identity;
    if (state === 'deprovisioned') return { identity, deliveries: [] };
    if (state !== 'suspended') {
      throw conflict(
        'This person is provisioned: deactivate or remove them in the identity provider, then erase them.',
      );
    }
    const later: DeliveryKey[] = [];
    const context = { manager, later, ...(actorId === undefined ? {} : { actorId }) };
    await this.identities.deprovision(organizationId, id, context);
    const [removed] = await this.database.run<ErasableRow>(lockForErasure, [organizationId, id], manager);
    if (!removed) throw new Error('A locked identity is gone.');
    return { identity: removed, deliveries: later };
  }

  private async eraseRemoved(identity: ErasableRow, wish: Wish, manager: EntityManager): Promise<Erasure> {
    if (identity.erasedAt !== null) return { erased: undefined, deliveries: [] };
    const { organizationId, id } = identity;
    const known = await this.database.run<{ name: string }>(findNamesToErase, [organizationId, id], manager);
    const erased: Erased = { organizationId, identityId: id, names: known.map(({ name }) => name) };
    await this.eraseTraces(erased, manager);
    const events = JSON.stringify([toEvent(identity, wish)]);
    const [row] = await this.database.run<{ deliveries: DeliveryKey[] }>(
      eraseIdentity,
      [organizationId, id, events],
      manager,
    );
    if (!row) throw new Error('A locked identity changed.');
    return { erased, deliveries: row.deliveries };
  }
}

const unknown = (): Error => notFound('There is no such person.');

/** For the host, which may have more of the person; nothing in it is personal. */
function toEvent({ state, version, accountId, eventSeq }: ErasableRow, { reason, actorId }: Wish): NewEvent {
  return {
    id: randomUUID(),
    sequence: eventSeq + 1,
    type: UserErased.type,
    terminal: false,
    payload: {
      state,
      version,
      changed: [],
      reason,
      ...(accountId === null ? {} : { accountId }),
      ...(actorId === undefined ? {} : { actorId }),
    },
    personal: null,
  };
}
