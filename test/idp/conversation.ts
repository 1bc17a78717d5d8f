import { readdirSync, readFileSync } from 'node:fs';
import type { HostClient } from '../support/host-client.js';
import type { ScimClient } from '../support/scim-client.js';

/** One request of a recorded conversation; `{name}` in any text is what an earlier step captured. */
interface Step {
  /** Where the shape of this traffic is documented; what people do has none. */
  readonly source?: string;
  readonly note: string;
  /** Default: the identity provider. `person` is the provisioned one, `owner` the organization's. */
  readonly as?: 'owner' | 'person';
  readonly method?: string;
  /** Below the SCIM endpoint for the identity provider, else of the host. */
  readonly path?: string;
  /** Besides those in the folder's `client.json`; `""` leaves one out. */
  readonly headers?: Record<string, string>;
  /** An object becomes JSON, a text goes as it is. */
  readonly request?: unknown;
  /** Instead of a request: the person signs in through SAML. */
  readonly login?: { readonly nameId: string; readonly groups: string[] };
  readonly status: number;
  /** What the answer holds at least; a list must have exactly the elements named. */
  readonly response?: object;
  /** How headers of the answer begin, by their names in lower case. */
  readonly responseHeaders?: Record<string, string>;
  /** What the answer must not hold, as a way to it: `members`, `Resources/0/emails`, `headers/etag`. */
  readonly absent?: readonly string[];
  /** Text that the page holds. */
  readonly contains?: string;
  /** Names to keep values of the answer under, each with the way to its value: `id`, `meta/version`, `headers/etag`. */
  readonly capture?: Record<string, string>;
}

interface Answer {
  readonly status: number;
  readonly headers: ScimHeaders;
  readonly text: string;
  readonly body: Record<string, unknown> | undefined;
}

type ScimHeaders = Headers | Record<string, unknown>;

interface Roles {
  readonly idp: ScimClient;
  /** Only in a conversation with people in it. */
  readonly owner?: HostClient;
  readonly person?: HostClient;
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(`${import.meta.dirname}/${path}`, 'utf8'));

/** What is recorded of an identity provider, in the order in which it happened. */
export interface Conversation {
  readonly name: string;
  /** Of each request of the identity provider. */
  readonly headers: Record<string, string>;
  readonly steps: readonly { readonly file: string; readonly step: Step }[];
}

/** A folder is one conversation: its files in order, each with one step or a list of them; `client.json` is no step. */
export function readConversation(name: string): Conversation {
  const files = readdirSync(`${import.meta.dirname}/${name}`).toSorted();
  const client = files.includes('client.json') ? (readJson(`${name}/client.json`) as Pick<Step, 'headers'>) : {};
  const steps = files
    .filter((file) => file !== 'client.json')
    .flatMap((file) => [readJson(`${name}/${file}`) as Step | Step[]].flat().map((step) => ({ file, step })));
  return { name, headers: client.headers ?? {}, steps };
}

/**
 * Acts a conversation, or a part of it, and compares each answer with the recorded one.
 * @param values what earlier parts captured; what this part captures is added
 */
export async function replay(
  { headers, steps }: Pick<Conversation, 'headers' | 'steps'>,
  roles: Roles,
  values: Record<string, string>,
): Promise<void> {
  for (const { file, step: template } of steps) {
    const step = fill({ ...template, headers: lowerCase({ ...headers, ...template.headers }) }, values);
    const at = `${file}: ${step.note}`;
    if (step.as === undefined && step.login === undefined)
      expect({ at, source: step.source }).toHaveProperty('source', expect.any(String));
    const answer = await perform(step, roles);
    const { status, text, body } = answer;
    expect({ at, status, text }).toEqual({ at, status: step.status, text });
    if (step.response) expect({ at, body }).toMatchObject({ at, body: step.response });
    if (step.contains) expect(text).toContain(step.contains);
    for (const [name, start] of Object.entries(step.responseHeaders ?? {})) {
      expect({ at, [name]: valueAt(answer, `headers/${name}`) }).toEqual({
        at,
        [name]: expect.stringMatching(begin(start)),
      });
    }
    for (const way of step.absent ?? []) {
      expect({ at, [way]: valueAt(answer, way) }).toEqual({ at, [way]: undefined });
    }
    for (const [name, way] of Object.entries(step.capture ?? {})) values[name] = String(valueAt(answer, way));
  }
}

function perform(step: Step, { idp, owner, person }: Roles): Promise<Answer> {
  const { method = 'GET', path = '', request, headers } = step;
  if (step.as === undefined && step.login === undefined) return idp.send(method, path, request, headers);
  const role = step.as === 'owner' ? owner : person;
  if (role === undefined) throw new Error('Nobody but the identity provider takes part in this conversation.');
  if (step.login) return role.signInBySso('acme', step.login.nameId, step.login.groups);
  return request === undefined && method === 'GET' ? role.get(path) : role.json(method, path, request);
}

function fill(step: Step, values: Record<string, string>): Step {
  const text = JSON.stringify(step).replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : JSON.stringify(value).slice(1, -1);
  });
  return JSON.parse(text) as Step;
}

/** One spelling, so that a step's header takes the place of the folder's. */
const lowerCase = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Undefined where the way ends early. */
function valueAt({ body, headers }: Answer, way: string): unknown {
  const [first = '', ...rest] = way.split('/');
  const from =
    first === 'headers' ? (headers instanceof Headers ? Object.fromEntries(headers) : headers) : body?.[first];
  return rest.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    from,
  );
}

const begin = (text: string): RegExp => new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`);
