import {
  OnScimEvent,
  type ScimEventContext,
  UserDeactivated,
  UserDeprovisioned,
  UserLinked,
  UserProvisioned,
  UserReactivated,
  UserUpdated,
  type UserEvent,
} from '../../../src/scim/index.js';

const ALL_USER_EVENTS = [
  UserProvisioned,
  UserLinked,
  UserUpdated,
  UserDeactivated,
  UserReactivated,
  UserDeprovisioned,
] as const;

/** A host's handler of everything: writes a row for each event, and does what a test tells it. */
export class Recorder {
  readonly seen: UserEvent[] = [];
  readonly attempts: number[] = [];
  /** Called before and after the row was written. */
  before: (event: UserEvent) => Promise<void> = async () => {};
  after: (event: UserEvent) => Promise<void> = async () => {};

  @OnScimEvent(ALL_USER_EVENTS, { consumer: 'test.record' })
  async record(event: UserEvent, { manager, attempt }: ScimEventContext): Promise<void> {
    this.attempts.push(attempt);
    await this.before(event);
    await manager.query(`insert into effect (event_id, identity_id, sequence) values ($1, $2, $3)`, [
      event.id,
      event.identityId,
      event.sequence,
    ]);
    await this.after(event);
    this.seen.push(event);
  }

  /** Sequences of one identity, in the order of handling. */
  sequencesOf(identityId: string): number[] {
    return this.seen.filter((event) => event.identityId === identityId).map(({ sequence }) => sequence);
  }
}

/** Where the recorder's rows go. No unique index: a second effect of one event is to be seen, not prevented. */
export const EFFECT_TABLE = `
  create table if not exists effect (place bigint generated always as identity, event_id uuid, identity_id uuid, sequence int)`;
