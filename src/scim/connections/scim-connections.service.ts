import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ConnectionPaused, ConnectionResumed } from '../events/scim-events.js';
import { ScimRelay } from '../events/scim-relay.js';
import { guideOf } from '../guides/guides.js';
import { type Cadence, CADENCES, nextRound } from '../guides/idp-cadence.js';
import type { Idp } from '../log/recognise-idp.js';
import { ScimLog } from '../log/scim-log.js';
import {
  findPause,
  findTraffic,
  pauseConnection,
  resumeConnection,
  type TrafficRow,
} from '../persistence/connection-health-statements.js';
import { ensureConnection } from '../persistence/connection-statements.js';
import {
  type DeliveryKey,
  findLastSequence,
  type NewEvent,
  writeConnectionEvents,
} from '../persistence/outbox-statements.js';
import { ScimDatabase, type Statement } from '../persistence/scim-database.js';
import { ScimTokenVerifier } from '../tokens/scim-token-verifier.js';
import { type Checklist, toChecklist } from './checklist.js';
import type { LinkCheck } from './judge-links.js';
import { recogniseConnection } from './recognise-connection.js';
import { ScimLinkCheck } from './scim-link-check.js';
import { ScimMilestones } from './scim-milestones.js';

/** Requests of a period, without those with a forged token; at most 100,000 of a status are counted. */
export interface RequestCount {
  readonly total: number;
  /** Answered with a status of 400 or more. */
  readonly failed: number;
}

/**
 * What the log says of how an organization's identity provider fares: of requests with the right secret of one of its tokens,
 * though it be expired, replaced or revoked; without those in `refused`, so that nobody else can change it.
 */
export interface ConnectionHealth {
  /** The last request, whatever became of it. */
  readonly lastCallAt: Date | null;
  readonly lastSuccessAt: Date | null;
  /** The last request that was answered with a status of 400 or more; 401: its token has expired, was replaced or revoked. */
  readonly lastFailure: { readonly at: Date; readonly status: number; readonly requestId: string } | null;
  /** Where the last request failed: the first failure since the last success, and how many there were since. */
  readonly failing: { readonly since: Date; readonly requests: number } | null;
  readonly lastHour: RequestCount;
  readonly lastDay: RequestCount;
  /**
   * Requests with a forged token, a known public id with another secret: anybody who knows the id can send them. They are counted
   * in the log, which takes 120 of them a minute from each process; so there were as many at least.
   */
  readonly refused: { readonly lastAt: Date | null; readonly lastHour: number; readonly lastDay: number };
  /** What the client calls itself. */
  readonly client: string | null;
  /** Recognised from its traffic; null before the first request. */
  readonly idp: Idp | 'generic' | null;
  readonly cadence: Cadence | null;
  /** Where the identity provider calls in rounds. A time that is past means that one is missing. */
  readonly nextSyncExpectedAt: Date | null;
  /** Since when changes are refused, and the account id of the admin who wanted it. */
  readonly paused: { readonly since: Date; readonly by: string | null } | null;
  /** Of this process: entries that are not written yet, and those that never will be. */
  readonly log: { readonly waiting: number; readonly lost: number };
}

/** An organization's connection with its identity provider: how it fares, and whether it may change anything. */
@Injectable()
export class ScimConnectionsService {
  constructor(
    private readonly database: ScimDatabase,
    private readonly verifier: ScimTokenVerifier,
    private readonly log: ScimLog,
    private readonly relay: ScimRelay,
    private readonly milestones: ScimMilestones,
    private readonly links: ScimLinkCheck,
  ) {}

  /** Costs the same for every organization: it walks indexes, and counts to a bound. */
  async health(organizationId: string): Promise<ConnectionHealth> {
    await this.log.flush(organizationId);
    const [traffic, { idp, client }, [pause]] = await Promise.all([
      this.database.run<TrafficRow>(findTraffic, [organizationId]),
      recogniseConnection(this.database, organizationId),
      this.database.run<PauseRow>(findPause, [organizationId]),
    ]);
    const calls = traffic.filter(({ isRefused }) => !isRefused);
    const refusals = traffic.filter(({ isRefused }) => isRefused);
    const lastCallAt = latest(calls)?.lastAt ?? null;
    const cadence = idp === null ? null : CADENCES[idp];
    return {
      lastCallAt,
      lastSuccessAt: latest(calls.filter((row) => !isFailure(row)))?.lastAt ?? null,
      lastFailure: toFailure(latest(calls.filter(isFailure))),
      failing: toFailing(calls),
      lastHour: count(calls, ({ lastHour }) => lastHour),
      lastDay: count(calls, ({ lastDay }) => lastDay),
      refused: {
        lastAt: latest(refusals)?.lastAt ?? null,
        lastHour: sum(refusals, ({ lastHour }) => lastHour),
        lastDay: sum(refusals, ({ lastDay }) => lastDay),
      },
      client,
      idp,
      cadence,
      nextSyncExpectedAt: (lastCallAt && cadence && nextRound(lastCallAt, cadence)) ?? null,
      paused: pause?.pausedAt ? { since: pause.pausedAt, by: pause.pausedBy } : null,
      log: this.log.stateOf(organizationId),
    };
  }

  /** How far the set-up is. Costs the same for every organization; what was reached stays ticked. */
  async checklist(organizationId: string): Promise<Checklist> {
    await this.log.flush(organizationId);
    const [milestones, { idp }] = await Promise.all([
      this.milestones.of(organizationId),
      recogniseConnection(this.database, organizationId),
    ]);
    return toChecklist(milestones, guideOf(idp));
  }

  /**
   * Whether sign-ins find the people who are provisioned, and what to set if not. It looks at the newest hundred sign-ins and
   * at two hundred people, so it costs the same for every organization.
   * @throws ScimError 503 when the host cannot say which SSO connection counts.
   */
  async linkCheck(organizationId: string): Promise<LinkCheck> {
    await this.log.flush(organizationId);
    return this.links.of(organizationId);
  }

  /** Which identity provider calls, as its traffic tells; null before the first request. */
  async recognise(organizationId: string): Promise<Idp | 'generic' | null> {
    await this.log.flush(organizationId);
    return (await recogniseConnection(this.database, organizationId)).idp;
  }

  /**
   * Changes are answered 503 with `Retry-After` from now on (within a second on other instances), reads go on. Writes
   * `scim.connection.paused`; what is paused already stays so.
   * @param actorId account id of the admin.
   */
  async pause(organizationId: string, actorId?: string): Promise<void> {
    await this.database.run(ensureConnection, [organizationId, randomUUID(), randomBytes(32)]);
    await this.turn([pauseConnection, [organizationId, actorId ?? null]], ConnectionPaused.type, actorId);
  }

  /**
   * Changes are taken again. Writes `scim.connection.resumed`, where it was paused.
   * @param actorId account id of the admin.
   */
  async resume(organizationId: string, actorId?: string): Promise<void> {
    await this.turn([resumeConnection, [organizationId]], ConnectionResumed.type, actorId);
  }

  /** Its event is written where the statement yields the connection, under the lock of its row, which guards the sequence. */
  private async turn(
    [statement, values]: readonly [Statement, readonly [organizationId: string, ...rest: unknown[]]],
    type: string,
    actorId: string | undefined,
  ): Promise<void> {
    const [organizationId] = values;
    const deliveries = await this.database.transaction(async (manager) => {
      const [turned] = await this.database.run<{ id: string }>(statement, values, manager);
      if (!turned) return [];
      const [last] = await this.database.run<{ sequence: number }>(findLastSequence, [turned.id], manager);
      const payload = actorId === undefined ? {} : { actorId };
      const sequence = (last?.sequence ?? 0) + 1;
      const event: NewEvent = { id: randomUUID(), sequence, type, terminal: false, payload, personal: null };
      const parameters = [turned.id, organizationId, JSON.stringify([event])];
      const [written] = await this.database.run<{ deliveries: DeliveryKey[] }>(
        writeConnectionEvents,
        parameters,
        manager,
      );
      return written?.deliveries ?? [];
    });
    this.verifier.forgetOrganization(organizationId);
    await this.relay.deliverNow(deliveries);
  }
}

interface PauseRow {
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
}

const isFailure = ({ status }: TrafficRow): boolean => status >= 400;

const latest = (rows: readonly TrafficRow[]): TrafficRow | undefined =>
  rows.toSorted((one, other) => other.lastAt.getTime() - one.lastAt.getTime())[0];

const toFailure = (row: TrafficRow | undefined): ConnectionHealth['lastFailure'] =>
  row ? { at: row.lastAt, status: row.status, requestId: row.lastId } : null;

function toFailing(calls: readonly TrafficRow[]): ConnectionHealth['failing'] {
  const times = calls.flatMap(({ failingSince }) => (failingSince ? [failingSince.getTime()] : []));
  if (times.length === 0) return null;
  return { since: new Date(Math.min(...times)), requests: sum(calls, ({ failures }) => failures) };
}

const sum = (rows: readonly TrafficRow[], of: (row: TrafficRow) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

const count = (rows: readonly TrafficRow[], of: (row: TrafficRow) => number): RequestCount => ({
  total: sum(rows, of),
  failed: sum(rows.filter(isFailure), of),
});
