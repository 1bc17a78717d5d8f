import { isObject } from '../protocol/json-object.js';

/** Identity providers whose traffic tells them apart. */
export const IDPS = [
  'entra',
  'okta',
  'google',
  'onelogin',
  'jumpcloud',
  'ping',
  'rippling',
  'keycloak',
  'authentik',
] as const;

/** One of the identity providers that the module knows from their traffic. */
export type Idp = (typeof IDPS)[number];

/** What recognition looks at. */
export interface SeenRequest {
  readonly method: string;
  /** Below the SCIM endpoint, e.g. `/Users`. */
  readonly path: string;
  /** As sent, with its `?`; empty where there is none. */
  readonly query: string;
  readonly client: string | undefined;
  readonly body: unknown;
}

/** Clients that say who they are. */
const CLIENTS: readonly (readonly [RegExp, Idp])[] = [
  [/^Okta SCIM Client/i, 'okta'],
  [/Google-Auto-Provisioning/i, 'google'],
  [/^goauthentik\.io/i, 'authentik'],
];

/** What only one of them is known to do. Each mark was seen in its traffic (test/idp), and in nobody else's. */
const MARKS: readonly (readonly [Idp, (request: SeenRequest) => boolean])[] = [
  ['entra', ({ query }) => /[?&]aadOptscim062020/i.test(query)],
  // A probe and its look-ups of groups leave the members out.
  ['entra', ({ path, query }) => path.startsWith('/Groups') && /[?&]excludedAttributes=members(&|$)/.test(query)],
  // Whether a reference is there already, by `id eq … and manager eq …`.
  ['entra', ({ query }) => /[?&]attributes=id(&|$)/.test(query) && /\+and\+/.test(query)],
  // Only the default client writes operations with a capital.
  ['entra', ({ body }) => operationsOf(body).some(({ op }) => /^(Add|Remove|Replace)$/.test(String(op)))],
  ['entra', ({ body }) => schemasOf(body).some((urn) => /ADSCIM\/2\.0|enterprise:2\.0User$/.test(urn))],
  // The admin's template names the schemas of SCIM 1.1.
  ['onelogin', ({ body }) => schemasOf(body).includes('urn:scim:schemas:core:2.0')],
  // It ends URLs with `&` and `?`, and says nothing of itself.
  ['onelogin', ({ query, client }) => /[?&]$/.test(query) && !client],
  ['rippling', ({ query, body }) => /emails\[primary eq true\]/i.test(decode(query) + pathsOf(body))],
  // A complex attribute without a sub-attribute.
  ['ping', ({ query }) => /[?&]filter=emails eq /i.test(decode(query))],
  // References relative to the base URL.
  ['keycloak', ({ body }) => /"(\$ref|location)":"(Users|Groups)\//.test(textOf(body))],
  ['jumpcloud', ({ body }) => /^JumpCloud test/i.test(String(Object(body)['displayName']))],
];

/** Who sent a request, if this one alone tells; most do not. */
export function recogniseRequest(request: SeenRequest): Idp | undefined {
  const client = CLIENTS.find(([pattern]) => pattern.test(request.client ?? ''));
  return client ? client[1] : MARKS.find(([, isMark]) => isMark(request))?.[0];
}

/** Who sends the requests of a connection: whom most of those look like that look like anybody; else it is a generic client. */
export function recogniseIdp(seen: readonly (string | null | undefined)[]): Idp | 'generic' {
  const counts = IDPS.map((idp) => ({ idp, count: seen.filter((each) => each === idp).length }));
  const [best] = counts.toSorted((one, other) => other.count - one.count);
  return best && best.count > 0 ? best.idp : 'generic';
}

/** Enough of a body to tell: one of thousands of members tells no more than its first ones. */
const LOOKED_AT = 20;

function operationsOf(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  const operations = isObject(body) ? body['Operations'] : undefined;
  return Array.isArray(operations) ? operations.slice(0, LOOKED_AT).filter(isObject) : [];
}

function schemasOf(body: unknown): readonly string[] {
  const schemas = isObject(body) ? body['schemas'] : undefined;
  return Array.isArray(schemas) ? schemas.slice(0, LOOKED_AT).filter((urn) => typeof urn === 'string') : [];
}

const pathsOf = (body: unknown): string =>
  operationsOf(body)
    .map(({ path }) => String(path))
    .join(' ');

/** Of the parts that may hold references. */
function textOf(body: unknown): string {
  if (!isObject(body)) return '';
  const lists = [body['members'], ...operationsOf(body).map(({ value }) => value)].filter((list) =>
    Array.isArray(list),
  );
  return JSON.stringify([body['meta'], ...lists.map((list: unknown[]) => list.slice(0, 1))]) ?? '';
}

function decode(query: string): string {
  try {
    return decodeURIComponent(query.slice(0, 500).replaceAll('+', ' '));
  } catch {
    return query;
  }
}
