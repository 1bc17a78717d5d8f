import { ScimRelay } from '../../../src/scim/events/scim-relay.js';
import { type ModuleHost, type ModuleHostSettings, startModuleHost } from '../../support/module-host.js';
import { EFFECT_TABLE, Recorder } from './recorder.js';

/** A delivery as it is kept. */
interface DeliveryRow {
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly waits: boolean;
}

export interface RelayHost extends ModuleHost {
  readonly recorder: Recorder;
  tick(): Promise<number>;
  /** Ticks until nothing is due. */
  drain(): Promise<void>;
  /** Makes waiting retries due. Before that none is, where the relay does nothing by itself, however slow the machine. */
  age(): Promise<void>;
  deliveries(identityId: string, consumer?: string): Promise<DeliveryRow[]>;
  effects(identityId: string): Promise<number[]>;
}

/** A module host with the recorder, whose relay does nothing by itself unless `deliverEvents` says so. */
export async function startRelayHost(settings: ModuleHostSettings = {}): Promise<RelayHost> {
  const options = { deliverEvents: false, ...settings.options };
  const host = await startModuleHost({ providers: [Recorder], ...settings, options });
  const relay = host.app.get(ScimRelay, { strict: false });
  await host.dataSource.query(EFFECT_TABLE);
  if (!options.deliverEvents) await host.dataSource.query(RETRIES_WAIT);
  return {
    ...host,
    recorder: host.app.get(Recorder, { strict: false }),
    tick: () => relay.tick(),
    async drain() {
      while ((await relay.tick()) > 0);
    },
    async age() {
      await host.dataSource.query(
        `update scim_outbox_delivery set next_at = now() - interval '1 s' where status = 'pending'`,
      );
    },
    deliveries: (identityId, consumer = 'test.record') =>
      host.dataSource.query(
        `select replace(o.type, 'scim.user.', '') as type, d.status, d.attempts, d.last_error as "lastError", d.next_at > now() as waits
         from scim_outbox_delivery d join scim_outbox o on o.seq = d.event_seq
         where d.aggregate_id = $1 and d.consumer = $2 order by d.event_seq`,
        [identityId, consumer],
      ),
    async effects(identityId) {
      const rows: { sequence: number }[] = await host.dataSource.query(
        'select sequence from effect where identity_id = $1 order by place',
        [identityId],
      );
      return rows.map(({ sequence }) => sequence);
    },
  };
}

/** What is put off is put off by an hour more. */
const RETRIES_WAIT = `
  do $do$ begin
    if exists (select from pg_trigger where tgname = 'retries_wait') then return; end if;
    create function wait_for_age() returns trigger language plpgsql as $$ begin
      new.next_at := new.next_at + interval '1 hour';
      return new;
    end $$;
    create trigger retries_wait before update of next_at on scim_outbox_delivery for each row
      when (new.next_at is distinct from old.next_at and new.next_at > clock_timestamp() + interval '0.1 s') execute function wait_for_age();
  end $do$`;
