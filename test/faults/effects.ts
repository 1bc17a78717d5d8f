import { setTimeout as delay } from 'node:timers/promises';
import type { Provider } from '@nestjs/common';
import { userEventClasses } from '../../src/scim/events/scim-events.js';
import { OnScimEvent, type ScimEventContext, type UserEvent } from '../../src/scim/index.js';

export const CONSUMER = 'faults.effects';

/** What the handler does besides its effect. Plain data: it goes to other processes. */
export interface Conduct {
  /** It pauses before and after its effect, each time up to so many ms at random. */
  readonly pauseMs?: number;
  /** It fails for users whose name begins so, after its effect. */
  readonly failsFor?: string;
  /** From its so-manieth call on it never returns, after its effect. */
  readonly hangsFrom?: number;
  /** So many ms for users whose name begins so. */
  readonly slowFor?: { readonly prefix: string; readonly ms: number };
}

/** A host's handler of everything that happens to users: writes a row for each event, through the manager it is given. */
export class Effects {
  conduct: Conduct = {};
  /** Called after an effect that is not committed yet. */
  onEffect: () => void = () => {};
  private calls = 0;

  @OnScimEvent(userEventClasses, { consumer: CONSUMER })
  async write(event: UserEvent, { manager }: ScimEventContext): Promise<void> {
    const { pauseMs = 0, failsFor, hangsFrom = Infinity, slowFor } = this.conduct;
    this.calls += 1;
    const hangs = this.calls >= hangsFrom;
    if (pauseMs > 0) await delay(Math.random() * pauseMs);
    if (slowFor && event.userName.startsWith(slowFor.prefix)) await delay(slowFor.ms);
    await manager.query('insert into effect (event_id, identity_id, sequence) values ($1, $2, $3)', [
      event.id,
      event.identityId,
      event.sequence,
    ]);
    this.onEffect();
    if (hangs) await new Promise(() => {});
    if (pauseMs > 0) await delay(Math.random() * pauseMs);
    if (failsFor !== undefined && event.userName.startsWith(failsFor)) throw new Error('This one always fails.');
  }
}

/** A provider of them. */
export function effectsWith(conduct: Conduct, onEffect?: Effects['onEffect']): Provider {
  const effects = new Effects();
  effects.conduct = conduct;
  if (onEffect) effects.onEffect = onEffect;
  return { provide: Effects, useValue: effects };
}

/** Where the effects go. No unique index: a second effect of one event is to be seen, not prevented. */
export const EFFECT_TABLE = `
  create table if not exists effect (
    place bigint generated always as identity, event_id uuid, identity_id uuid, sequence int,
    at timestamptz not null default clock_timestamp())`;
