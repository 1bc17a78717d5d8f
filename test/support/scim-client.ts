import { type IncomingMessage, request as httpRequest } from 'node:http';
import { CANARY_PASSWORD } from './secrets.js';

export interface ScimAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Parsed JSON, undefined where there is none. Tests look into it freely. */
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  readonly text: string;
}

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** Speaks to one host's SCIM endpoints with one token, byte for byte as told. */
export class ScimClient {
  constructor(
    readonly hostUrl: string,
    readonly token: string,
    readonly organizationId: string,
    readonly path = '/scim/v2',
  ) {}

  get(path: string, headers?: Record<string, string>): Promise<ScimAnswer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body: unknown, headers?: Record<string, string>): Promise<ScimAnswer> {
    return this.send('POST', path, body, headers);
  }

  put(path: string, body: unknown): Promise<ScimAnswer> {
    return this.send('PUT', path, body);
  }

  patch(path: string, operations: readonly unknown[]): Promise<ScimAnswer> {
    return this.send('PATCH', path, { schemas: [PATCH_OP], Operations: operations });
  }

  delete(path: string): Promise<ScimAnswer> {
    return this.send('DELETE', path);
  }

  /** The user as created, with a password that is to be found nowhere again. */
  // eslint-disable-next-line typescript/no-explicit-any
  async createUser(user: Record<string, unknown>): Promise<any> {
    const answer = await this.post('/Users', { password: CANARY_PASSWORD, ...user });
    if (answer.status !== 201) throw new Error(`POST /Users answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  filterUsers(filter: string): Promise<ScimAnswer> {
    return this.get(`/Users?filter=${encodeURIComponent(filter)}`);
  }

  /** `body`: an object becomes JSON, a string or bytes go as they are. A header of `''` is left out. */
  send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ScimAnswer> {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const payload = body === undefined ? undefined : isRaw ? body : JSON.stringify(body);
    const all: Record<string, string> = {
      authorization: `Bearer ${this.token}`,
      ...(payload === undefined
        ? {}
        : { 'content-type': 'application/scim+json', 'content-length': String(Buffer.byteLength(payload)) }),
      ...headers,
    };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    const url = new URL(this.hostUrl);
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { host: url.hostname, port: url.port, method, path: this.path + path, headers: sent },
        (incoming) => void readAnswer(incoming).then(resolve, reject),
      );
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }
}

async function readAnswer(incoming: IncomingMessage): Promise<ScimAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const isJson = /json/.test(incoming.headers['content-type'] ?? '');
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
    text,
  };
}
