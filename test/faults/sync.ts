import { setTimeout as delay } from 'node:timers/promises';
import type { ScimAnswer, ScimClient } from '../support/scim-client.js';
import type { Query } from './scenario.js';

/** What the identity provider does to a user, in this order; each makes one event. */
export type Step = 'create' | 'title' | 'deactivate' | 'reactivate' | 'delete';

/** A request and what became of it. Times are those of `performance.now()`. */
export interface Sent {
  readonly step: Step | 'find';
  readonly start: number;
  readonly end: number;
  /** 0: no answer came, or half of one. */
  readonly status: number;
}

interface SyncUser {
  readonly userName: string;
  readonly steps: readonly Step[];
  id: string;
}

export interface SyncSettings {
  /** Resolves when there is a host, with a client of it. */
  readonly client: () => Promise<ScimClient>;
  /** The steps of the next user, or undefined: no more. */
  readonly next: (number: number) => readonly Step[] | undefined;
  /** After each step that succeeded, with how many that are. */
  readonly onStep?: (done: number) => void;
  /** Ms between two requests of a worker. Default 0. */
  readonly pauseMs?: () => number;
}

/** A host that does not come back for so long never will. */
const PATIENCE_MS = 60_000;

/**
 * An identity provider's synchronisation: it repeats each request until it is answered with a success, as identity providers
 * do, and remembers what was answered. What it repeats changes nothing a second time, so in the end every user has exactly
 * the events of its steps, whatever was lost on the way.
 */
export class Sync {
  readonly sent: Sent[] = [];
  readonly violations: string[] = [];
  /** Users whose first answer was lost, and who were found where their creation was refused as a duplicate. */
  recovered = 0;
  private readonly users: SyncUser[] = [];
  private done = 0;

  constructor(private readonly settings: SyncSettings) {}

  /** Resolves when each of so many workers has no more users, or something went wrong. */
  async work(workers: number): Promise<void> {
    const one = async (): Promise<void> => {
      while (this.violations.length === 0) {
        const steps = this.settings.next(this.users.length);
        if (!steps) return;
        const user: SyncUser = { userName: `user-${this.users.length}@acme.example`, steps, id: '' };
        this.users.push(user);
        for (const step of steps) {
          await this.take(user, step);
          this.done += 1;
          this.settings.onStep?.(this.done);
        }
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: workers }, one));
    for (const end of ends) if (end.status === 'rejected') this.violations.push(String(end.reason));
  }

  /** Answers that tell of success: what must be stored. */
  get acknowledged(): number {
    return this.sent.filter(({ step, status }) => step !== 'find' && status >= 200 && status < 300).length;
  }

  count(status: number): number {
    return this.sent.filter((sent) => sent.status === status).length;
  }

  /** What was acknowledged and is not stored so, and what is stored and nobody asked for. */
  async findLosses(query: Query, organizationId: string): Promise<string[]> {
    const rows = await query<StoredUser>(
      `select id, user_name as "userName", event_seq as "eventSeq", state, attributes->>'title' as title
       from scim_identity where organization_id = $1`,
      [organizationId],
    );
    const stored = new Map(rows.map((row) => [row.id, row]));
    const losses = this.users.flatMap(({ id, userName, steps }) => {
      const row = stored.get(id);
      stored.delete(id);
      const expected = { id, userName, eventSeq: steps.length, state: stateAfter(steps), title: titleAfter(steps) };
      return JSON.stringify(row) === JSON.stringify(expected)
        ? []
        : [`acknowledged: ${JSON.stringify(expected)}, stored: ${JSON.stringify(row)}`];
    });
    return [...losses, ...[...stored.values()].map((row) => `stored and never asked for: ${JSON.stringify(row)}`)];
  }

  private async take(user: SyncUser, step: Step): Promise<void> {
    const giveUp = performance.now() + PATIENCE_MS;
    for (let isRepeated = false; ; isRepeated = true) {
      const { pauseMs } = this.settings;
      if (pauseMs) await delay(pauseMs());
      const answer = await this.send(step, (client) => request(client, user, step));
      if (answer && (await this.isDone(user, step, answer, isRepeated))) return;
      if (performance.now() > giveUp) throw new Error(`The host does not come back: ${answer?.text ?? 'no answer'}`);
      if (answer) await delay(20);
    }
  }

  private async isDone(user: SyncUser, step: Step, { status, body, text }: ScimAnswer, isRepeated: boolean) {
    if (status >= 200 && status < 300) {
      if (step === 'create') user.id = body.id;
      return true;
    }
    if (status === 503) return false;
    if (isRepeated && step === 'delete' && status === 404) return true;
    if (isRepeated && step === 'create' && status === 409 && body.scimType === 'uniqueness') return this.recover(user);
    throw new Error(`${step} of ${user.userName} answered ${status}: ${text.slice(0, 200)}`);
  }

  /** The user is there: its creation was stored, and the answer was lost. */
  private async recover(user: SyncUser): Promise<boolean> {
    const found = await this.send('find', (client) => client.filterUsers(`userName eq "${user.userName}"`));
    if (!found || found.status === 503) return false;
    if (found.body.totalResults !== 1) {
      throw new Error(`refused as a duplicate and found ${found.body.totalResults} times: ${user.userName}`);
    }
    user.id = found.body.Resources[0].id;
    this.recovered += 1;
    return true;
  }

  private async send(
    step: Sent['step'],
    how: (client: ScimClient) => Promise<ScimAnswer>,
  ): Promise<ScimAnswer | undefined> {
    const client = await this.settings.client();
    const start = performance.now();
    const answer = await how(client).catch(noAnswer);
    const sent = { step, start, end: performance.now(), status: answer?.status ?? 0 };
    this.sent.push(sent);
    if (answer?.status === 503 && !isWellSaid(answer)) {
      this.violations.push(`a 503 without SCIM body or Retry-After: ${answer.text.slice(0, 200)}`);
    }
    return answer;
  }
}

interface StoredUser {
  readonly id: string;
  readonly userName: string;
  readonly eventSeq: number;
  readonly state: string;
  readonly title: string | null;
}

function request(client: ScimClient, { id, userName }: SyncUser, step: Step): Promise<ScimAnswer> {
  const path = `/Users/${id}`;
  const set = (attribute: string, value: unknown): Promise<ScimAnswer> =>
    client.patch(path, [{ op: 'replace', path: attribute, value }]);
  switch (step) {
    case 'create':
      return client.post('/Users', { userName, externalId: `external-${userName}` });
    case 'title':
      return set('title', 'Dr');
    case 'deactivate':
      return set('active', false);
    case 'reactivate':
      return set('active', true);
    case 'delete':
      return client.delete(path);
  }
}

/** Connections break with the process or are refused by none; an answer may also come half. @throws whatever else goes wrong. */
function noAnswer(error: unknown): undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (!/^(ECONN|EPIPE)/.test(code)) throw error;
}

function isWellSaid({ body, headers }: ScimAnswer): boolean {
  const isScim = body?.schemas?.[0] === 'urn:ietf:params:scim:api:messages:2.0:Error' && body.status === '503';
  return isScim && Number(headers['retry-after']) >= 0;
}

function stateAfter(steps: readonly Step[]): string {
  if (steps.includes('delete')) return 'deprovisioned';
  const last = steps.findLast((step) => step === 'deactivate' || step === 'reactivate');
  return last === 'deactivate' ? 'suspended' : 'provisioned';
}

const titleAfter = (steps: readonly Step[]): string | null => (steps.includes('title') ? 'Dr' : null);
