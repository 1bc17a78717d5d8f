import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Idp, recogniseIdp } from '../log/recognise-idp.js';
import { ScimLog } from '../log/scim-log.js';
import {
  BAD_TOKEN,
  findClients,
  findPause,
  findTraffic,
  pauseConnection,
  resumeConnection,
  type TrafficRow,
} from '../persistence/connection-health-statements.js';
import { ensureConnection } from '../persistence/connection-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { ScimTokenVerifier } from '../tokens/scim-token-verifier.js';
import { type Cadence, CADENCES, nextRound } from './idp-cadence.js';

/** Requests of a period, of which at most 100,000 of a status are counted. */
export interface RequestCount {
  readonly total: number;
  /** Answered with a status of 400 or more. */
  readonly failed: number;
}

/** What the log says of how an organization's identity provider fares. */
export interface ConnectionHealth {
  /** The last request with a good token, whatever became of it. */
  readonly lastCallAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly lastFailureAt: Date | null;
  readonly lastHour: RequestCount;
  readonly lastDay: RequestCount;
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
  ) {}

  /** Costs the same for every organization: it walks indexes, and counts to a bound. */
  async health(organizationId: string): Promise<ConnectionHealth> {
    await this.log.flush(organizationId);
    const [traffic, [clients], [pause]] = await Promise.all([
      this.database.run<TrafficRow>(findTraffic, [organizationId]),
      this.database.run<ClientsRow>(findClients, [organizationId]),
      this.database.run<PauseRow>(findPause, [organizationId]),
    ]);
    const lastCallAt = latest(traffic.filter(({ status }) => status !== BAD_TOKEN));
    const idp = lastCallAt === null ? null : recogniseIdp(clients?.idps ?? []);
    const cadence = idp === null ? null : CADENCES[idp];
    return {
      lastCallAt,
      lastSuccessAt: latest(traffic.filter((row) => !isFailure(row))),
      lastFailureAt: latest(traffic.filter(isFailure)),
      lastHour: count(traffic, ({ lastHour }) => lastHour),
      lastDay: count(traffic, ({ lastDay }) => lastDay),
      client: clients?.lastClient ?? null,
      idp,
      cadence,
      nextSyncExpectedAt: (lastCallAt && cadence && nextRound(lastCallAt, cadence)) ?? null,
      paused: pause?.pausedAt ? { since: pause.pausedAt, by: pause.pausedBy } : null,
      log: this.log.stateOf(organizationId),
    };
  }

  /**
   * Changes are answered 503 with `Retry-After` from now on (within a second on other instances), reads go on. What is paused
   * already stays so.
   * @param actorId account id of the admin.
   */
  async pause(organizationId: string, actorId?: string): Promise<void> {
    await this.database.run(ensureConnection, [organizationId, randomUUID(), randomBytes(32)]);
    await this.database.run(pauseConnection, [organizationId, actorId ?? null]);
    this.verifier.forgetOrganization(organizationId);
  }

  /** Changes are taken again. */
  async resume(organizationId: string): Promise<void> {
    await this.database.run(resumeConnection, [organizationId]);
    this.verifier.forgetOrganization(organizationId);
  }
}

interface ClientsRow {
  readonly idps: string[] | null;
  readonly lastClient: string | null;
}

interface PauseRow {
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
}

const isFailure = ({ status }: TrafficRow): boolean => status >= 400;

function latest(rows: readonly TrafficRow[]): Date | null {
  const times = rows.flatMap(({ lastAt }) => (lastAt ? [lastAt.getTime()] : []));
  return times.length === 0 ? null : new Date(Math.max(...times));
}

function count(rows: readonly TrafficRow[], of: (row: TrafficRow) => number): RequestCount {
  const sum = (some: readonly TrafficRow[]): number => some.reduce((total, row) => total + of(row), 0);
  return { total: sum(rows), failed: sum(rows.filter(isFailure)) };
}
