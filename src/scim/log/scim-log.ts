import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { brokenRule } from '../persistence/database-errors.js';
import { insertLogRows, type LogEntry } from '../persistence/log-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { within } from '../persistence/within.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import { logOf, SCIM_OPTIONS, type ScimLogOptions, type ScimModuleOptions } from '../scim.options.js';
import { LogBuffer } from './log-buffer.js';
import { toLogEntry } from './log-entry.js';
import { attachTrace, type RequestTrace } from './request-trace.js';
import { newRequestId } from './request-id.js';
import { SecretNames } from './secrets.js';

/** Rows of one statement, and their size. */
const BATCH = 500;
const BATCH_CHARACTERS = 2 * 1024 * 1024;
/** How old an entry may get before it is written. */
const DELAY_MS = 1000;
const SHORTEST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
const STOP_WAIT_MS = 2000;
/** As nginx logs it: the client closed the connection before it was answered. */
const CLIENT_LEFT = 499;
/**
 * Of requests with forged tokens, per organization and minute: who knows a token's public id cannot fill its log. As many with
 * tokens that have ended, counted apart, so that what is forged hides none of them.
 */
const REFUSALS_PER_MINUTE = 120;

/**
 * Writes down the requests of all organizations: after they were answered, many in one statement, and never at the cost of
 * one. What the database does not take waits in a bound; what is beyond it is lost and counted.
 */
@Injectable()
export class ScimLog implements OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger(ScimLog.name);
  private readonly settings: Required<ScimLogOptions>;
  private readonly secrets: SecretNames;
  private readonly buffer = new LogBuffer();
  /** Requests under way. */
  private readonly open = new Map<RequestTrace, OpenResponse>();
  private refusals = { minute: 0, counts: new Map<string, number>() };
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private retryMs = 0;
  private stopped = false;

  constructor(
    private readonly database: ScimDatabase,
    types: ResourceTypes,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.settings = logOf(options);
    this.secrets = new SecretNames(types.schemas);
  }

  /** Follows a request to its end. @param url path and query, below the SCIM endpoint. */
  begin(message: IncomingMessage, response: ServerResponse, url: string): void {
    if (!this.settings.enabled) return;
    const { method = '', headers } = message;
    const receivedAt = Date.now();
    const times = { id: newRequestId(receivedAt), receivedAt, startedAt: performance.now() };
    const trace = { ...times, method, url, client: headers['user-agent'] };
    attachTrace(message, trace);
    const closed = new Promise<void>((resolve) => {
      response.once('close', () => {
        this.end(trace, response);
        resolve();
      });
    });
    this.open.set(trace, { response, closed });
  }

  /**
   * Writes what was answered until now. Never rejects: what could not be written waits.
   * @param organizationId whose answers are waited for until they are gone; default: all.
   */
  async flush(organizationId?: string): Promise<void> {
    const answered = [...this.open]
      .filter(([trace]) => organizationId === undefined || trace.organizationId === organizationId)
      .filter(([, { response }]) => response.writableEnded);
    await within(Promise.all(answered.map(([, { closed }]) => closed)), STOP_WAIT_MS, late).catch(ignore);
    await this.writing;
    await this.write();
  }

  /** Of an organization, in this process. */
  stateOf(organizationId: string): { readonly waiting: number; readonly lost: number } {
    return { waiting: this.buffer.waitingOf(organizationId), lost: this.buffer.lossesOf(organizationId) };
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  /** The server took requests until now, and the host's DataSource may be closed next. */
  async onApplicationShutdown(): Promise<void> {
    await this.stop();
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private end(trace: RequestTrace, response: ServerResponse): void {
    this.open.delete(trace);
    const { organizationId } = trace;
    if (organizationId === undefined) return;
    // An error here would be nobody's: it would end the process.
    try {
      const entry = this.toEntry(trace, organizationId, response);
      if (trace.refusal && !this.mayRefuse(`${trace.refusal} ${organizationId}`)) this.buffer.countLoss(entry);
      else this.buffer.push(entry);
      this.schedule();
    } catch (error) {
      this.logger.warn(`Request ${trace.id} was not logged: ${String(error)}`);
    }
  }

  private toEntry(trace: RequestTrace, organizationId: string, response: ServerResponse): LogEntry {
    const status = response.headersSent ? response.statusCode : CLIENT_LEFT;
    const durationMs = Math.round(performance.now() - trace.startedAt);
    const { bodyCharacters } = this.settings;
    return toLogEntry(trace, { organizationId, status, durationMs }, { bodyCharacters, secrets: this.secrets });
  }

  /** @param key which refusals, of which organization. */
  private mayRefuse(key: string): boolean {
    const minute = Math.floor(performance.now() / 60_000);
    if (minute !== this.refusals.minute) this.refusals = { minute, counts: new Map() };
    const count = (this.refusals.counts.get(key) ?? 0) + 1;
    this.refusals.counts.set(key, count);
    return count <= REFUSALS_PER_MINUTE;
  }

  private schedule(): void {
    if (this.buffer.size === 0 || this.writing || this.stopped) return;
    if (this.buffer.size >= BATCH && this.retryMs === 0) void this.write();
    else this.timer ??= setTimeout(() => void this.write(), this.retryMs || DELAY_MS).unref();
  }

  /** One statement at a time: the log takes one connection at most. */
  private async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
      this.schedule();
    });
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    // What comes meanwhile waits for the next time: written at once, it would make a statement for each request.
    for (let left = this.buffer.size; left > 0;) {
      const batch = this.buffer.first(Math.min(left, BATCH), BATCH_CHARACTERS);
      try {
        await this.insertOrDivide(batch);
      } catch (error) {
        this.retryMs = Math.min(Math.max(this.retryMs * 2, SHORTEST_RETRY_MS), LONGEST_RETRY_MS);
        this.logger.warn(`${this.buffer.size} entries of the log wait to be written: ${String(error)}`);
        return;
      }
      this.retryMs = 0;
      this.buffer.shift(batch.length);
      left -= batch.length;
    }
  }

  /** An entry that the database refuses for what it holds is dropped, and none with it. */
  private async insertOrDivide(batch: readonly LogEntry[]): Promise<void> {
    try {
      await this.database.run(insertLogRows, [JSON.stringify(batch)]);
    } catch (error) {
      if (!isRefused(error)) throw error;
      const [entry] = batch;
      if (batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        await this.insertOrDivide(batch.slice(0, half));
        await this.insertOrDivide(batch.slice(half));
      } else if (entry) {
        this.buffer.countLoss(entry);
        this.logger.warn(`Request ${entry.id} was not logged: ${String(error)}`);
      }
    }
  }

  private async stop(): Promise<void> {
    await within(this.flush(), STOP_WAIT_MS, late).catch(ignore);
  }
}

interface OpenResponse {
  readonly response: ServerResponse;
  /** Settled when its entry is made. */
  readonly closed: Promise<void>;
}

/** Not for a connection that was removed at the same moment: the next try leaves its entries out. */
const isRefused = (error: unknown): boolean => brokenRule(error)?.type === 'value';

const late = (): Error => new Error('late');
const ignore = (): void => {};
