import { isIP } from 'node:net';

/** What the environment decides. */
export interface HostSettings {
  readonly port: number;
  /** The address to listen on. */
  readonly host: string;
  /** Origin under which browsers and identity providers reach this host; no slash at the end. */
  readonly publicUrl: string;
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** How long a request waits for a connection, and then for each statement, before it is answered 503. */
  readonly databaseTimeoutMs: number;
  /** The embedded PostgreSQL's data, and the demo's pepper. */
  readonly dataDirectory: string;
  /** Keys of the module's token hashes, `kid:secret,…`. */
  readonly peppers: string | undefined;
  /** SCIM requests a second and organization; 0 is no limit. */
  readonly scimRateLimit: number;
  /** For how many days after plan or SAML are lost the identity provider may still take people out. Default 0. */
  readonly removalDays?: number;
  /**
   * Whose `X-Forwarded-For` says where a client is, as Express's `trust proxy`: how many proxies there are, or their addresses.
   * Default: nobody's.
   */
  readonly trustProxy?: number | string[] | undefined;
  /** Demo data and the demo identity provider. Never in production mode. */
  readonly demo: boolean;
  readonly production: boolean;
  /** Whether this process handles events, its own and those that wait. Default true; a command leaves them to the host. */
  readonly deliverEvents?: boolean;
}

const DEFAULT_PORT = 3000;
/** Clients give up after 10 s and more; a sound database answers in far less. */
const DATABASE_TIMEOUT_MS = 5000;
/** The requests a second that design.md promises an organization. */
const DEFAULT_RATE_LIMIT = 200;

/**
 * Reads the variables that .env.example lists.
 * @throws Error that names the variable and what it may be.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): HostSettings {
  const production = env.NODE_ENV === 'production';
  const port = readNumber(env, 'PORT', { fallback: DEFAULT_PORT, most: 65_535 });
  const host = readText(env, 'HOST') ?? '127.0.0.1';
  const peppers = readText(env, 'SCIM_TOKEN_PEPPERS');
  if (production && peppers === undefined) {
    throw new Error('SCIM_TOKEN_PEPPERS is needed in production: "<key id>:<secret of 16 or more characters>".');
  }
  return {
    port,
    host,
    publicUrl: readPublicUrl(env, production) ?? `http://${toAddress(host)}:${port}`,
    databaseUrl: readDatabaseUrl(env),
    databaseTimeoutMs: DATABASE_TIMEOUT_MS,
    dataDirectory: readText(env, 'DATA_DIR') ?? '.data',
    peppers,
    scimRateLimit: readNumber(env, 'SCIM_RATE_LIMIT', { fallback: DEFAULT_RATE_LIMIT, most: 1_000_000 }),
    removalDays: readNumber(env, 'SCIM_REMOVAL_DAYS', { fallback: 0, most: 3650 }),
    trustProxy: readTrustProxy(env),
    demo: !production && readSwitch(env, 'DEMO'),
    production,
  };
}

type Env = Readonly<Record<string, string | undefined>>;

/** An empty variable is one that is not set. */
function readText(env: Env, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

function readNumber(env: Env, name: string, { fallback, most }: { fallback: number; most: number }): number {
  const text = readText(env, name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw new Error(`${name} is "${text}"; it may be a whole number from 0 to ${most}.`);
}

function readSwitch(env: Env, name: string): boolean {
  const text = readText(env, name) ?? '1';
  if (text === '0' || text === '1') return text === '1';
  throw new Error(`${name} is "${text}"; it may be 0 (off) or 1 (on).`);
}

/** Names that Express has for private networks. */
const NAMED_NETWORKS: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];
const MOST_PROXIES = 100;

/** Not `true` for all: then clients choose their own address. */
function readTrustProxy(env: Env): number | string[] | undefined {
  const text = readText(env, 'TRUST_PROXY');
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number(text) <= MOST_PROXIES) return Number(text);
  const networks = text.split(',').map((network) => network.trim());
  if (networks.every((network) => NAMED_NETWORKS.includes(network) || isNetwork(network))) return networks;
  throw new Error(
    `TRUST_PROXY is "${text}"; it may be a number of proxies from 0 to ${MOST_PROXIES}, or addresses, networks (10.0.0.0/8), ` +
      `and ${NAMED_NETWORKS.join(', ')}, separated by commas.`,
  );
}

/** E.g. `192.0.2.1`, `10.0.0.0/8`. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32));
}

function readPublicUrl(env: Env, production: boolean): string | undefined {
  const text = readText(env, 'PUBLIC_URL');
  if (text === undefined) {
    if (production) throw new Error('PUBLIC_URL is needed in production, e.g. https://app.example.com.');
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ['http:', 'https:'].includes(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new Error(`PUBLIC_URL is "${text}"; it must be an origin without a path, e.g. https://app.example.com.`);
}

/** The text is not repeated in the error: it holds a password. */
function readDatabaseUrl(env: Env): string | undefined {
  const text = readText(env, 'DATABASE_URL');
  if (text === undefined || /^postgres(ql)?:\/\//.test(text)) return text;
  throw new Error('DATABASE_URL must begin with postgres:// or postgresql://.');
}

/** An address to reach a host that listens on `host`. */
function toAddress(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIP(host) === 6 ? `[${host}]` : host;
}
