import { randomUUID } from 'node:crypto';
import {
  OnScimEvent,
  type NewToken,
  type GeneratedToken,
  type RotatedToken,
  ScimTokensService,
  TokenCreated,
  type TokenEvent,
  TokenExpired,
  TokenExpiring,
  TokenLeaked,
  TokenRevoked,
  TokenRotated,
  type TokenRotation,
} from '../../../src/scim/index.js';
import { ScimTokenUpkeep } from '../../../src/scim/tokens/scim-token-upkeep.js';
import { type ModuleHost, type ModuleHostSettings, startModuleHost } from '../../support/module-host.js';
import { ScimClient } from '../../support/scim-client.js';
import { whenNoted } from '../../support/when-noted.js';

/** A host's handler of everything that is told of tokens. */
class Listener {
  readonly seen: TokenEvent[] = [];

  @OnScimEvent([TokenCreated, TokenRotated, TokenExpiring, TokenExpired, TokenRevoked, TokenLeaked], {
    consumer: 'test.tokens',
  })
  async note(event: TokenEvent): Promise<void> {
    this.seen.push(event);
  }
}

export interface TokenHost extends ModuleHost {
  readonly tokens: ScimTokensService;
  readonly upkeep: ScimTokenUpkeep;
  readonly listener: Listener;
  organization(): TokenOrganization;
}

/** A module host with a listener for token events. */
export async function startTokenHost(settings: ModuleHostSettings = {}): Promise<TokenHost> {
  const host = await startModuleHost({ providers: [Listener], ...settings });
  const tokens = host.app.get(ScimTokensService, { strict: false });
  const upkeep = host.app.get(ScimTokenUpkeep, { strict: false });
  const listener = host.app.get(Listener, { strict: false });
  return { ...host, tokens, upkeep, listener, organization: () => new TokenOrganization({ ...host, tokens }) };
}

/** One organization and its tokens. */
class TokenOrganization {
  readonly id = randomUUID();

  constructor(private readonly host: Pick<TokenHost, 'tokens' | 'url' | 'app' | 'dataSource'>) {}

  generate(wanted: NewToken = {}): Promise<GeneratedToken> {
    return this.host.tokens.generate(this.id, wanted);
  }

  rotate({ id }: { readonly id: string }, wanted: TokenRotation = {}): Promise<RotatedToken> {
    return this.host.tokens.rotate(this.id, id, wanted);
  }

  /** What a token is answered, by this host or another; its use is written down by then. */
  async statusOf(
    { token }: { readonly token: string },
    host: Pick<ModuleHost, 'url' | 'app'> = this.host,
  ): Promise<number> {
    const { status } = await new ScimClient(host.url, token, this.id).get('/Users');
    await whenNoted(host.app);
    return status;
  }

  /** `label state`, the oldest first. */
  async states(): Promise<string[]> {
    const tokens = await this.host.tokens.list(this.id);
    return tokens
      .map(({ label, state, revokedBecause }) => [label, state, revokedBecause].filter(Boolean).join(' '))
      .reverse();
  }

  /** Types of the events about one token, without `scim.token.`, in their order. */
  async eventsOf({ id }: { readonly id: string }): Promise<string[]> {
    const rows: { type: string; days: number | null }[] = await this.host.dataSource.query(
      `select replace(type, 'scim.token.', '') as type, payload->>'daysLeft' as days from scim_outbox where aggregate_id = $1 order by aggregate_seq`,
      [id],
    );
    return rows.map(({ type, days }) => [type, days].filter(Boolean).join(' '));
  }

  /** Moves all that happened to a token into the past: by an interval, e.g. `335 days`. */
  async age({ id }: { readonly id: string }, interval: string): Promise<void> {
    const columns = ['created_at', 'expires_at', 'retires_at', 'first_used_at', 'last_used_at'];
    const moved = columns.map((column) => `${column} = ${column} - $2::interval`).join(', ');
    await this.host.dataSource.query(`update scim_token set ${moved} where id = $1`, [id, interval]);
  }

  async set({ id }: { readonly id: string }, change: string): Promise<void> {
    await this.host.dataSource.query(`update scim_token set ${change} where id = $1`, [id]);
  }
}
