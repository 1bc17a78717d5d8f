import { readdirSync, readFileSync } from 'node:fs';
import { HostClient } from '../support/host-client.js';
import { startHost, type TestHost } from '../support/host.js';
import { ScimClient } from '../support/scim-client.js';

/** One request of a recorded conversation; `{name}` in any text is what an earlier step captured. */
interface Step {
  /** Where the shape of this traffic is documented. */
  readonly source?: string;
  readonly note: string;
  /** Default: the identity provider. `person` is the provisioned one, `owner` the organization's. */
  readonly as?: 'owner' | 'person';
  readonly method?: string;
  /** Below the SCIM endpoint for the identity provider, else of the host. */
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly request?: unknown;
  /** Instead of a request: the person signs in through SAML. */
  readonly login?: { readonly nameId: string; readonly groups: string[] };
  readonly status: number;
  /** What the answer holds at least. */
  readonly response?: object;
  /** Text that the page holds. */
  readonly contains?: string;
  /** Names to keep values of the answer under. */
  readonly capture?: Record<string, string>;
}

const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe.each(folders.map(({ name }) => name))('the traffic of %s', (folder) => {
  let host: TestHost;
  const values: Record<string, string> = {};
  const files = readdirSync(`${import.meta.dirname}/${folder}`).toSorted();

  beforeAll(async () => {
    host = await startHost();
  });

  afterAll(() => host.stop());

  it('is answered as the identity provider and the people expect', async () => {
    const owner = await new HostClient(host.url).signInAsOwner('acme');
    values['token'] = await owner.generateToken('acme');
    const idp = new ScimClient(host.url, values['token'], 'acme');
    const person = new HostClient(host.url);
    for (const file of files) {
      const step = fill(JSON.parse(readFileSync(`${import.meta.dirname}/${folder}/${file}`, 'utf8')) as Step, values);
      const answer = await perform(step, { idp, owner, person });
      expect({ file, status: answer.status, answer: answer.text }).toEqual({
        file,
        status: step.status,
        answer: answer.text,
      });
      if (step.response) expect({ file, body: answer.body }).toMatchObject({ file, body: step.response });
      if (step.contains) expect(answer.text).toContain(step.contains);
      for (const [name, key] of Object.entries(step.capture ?? {})) values[name] = String(answer.body?.[key]);
    }
  });
});

function perform(
  step: Step,
  roles: { idp: ScimClient; owner: HostClient; person: HostClient },
): Promise<{ status: number; text: string; body: Record<string, unknown> | undefined }> {
  const { method = 'GET', path = '', request, headers } = step;
  if (step.login) return roles.person.signInBySso('acme', step.login.nameId, step.login.groups);
  if (step.as === undefined) return roles.idp.send(method, path, request, headers);
  const role = roles[step.as];
  return request === undefined && method === 'GET' ? role.get(path) : role.json(method, path, request);
}

function fill(step: Step, values: Record<string, string>): Step {
  const text = JSON.stringify(step).replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return JSON.parse(text) as Step;
}
