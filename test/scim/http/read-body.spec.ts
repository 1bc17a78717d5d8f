import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { connect, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { readBody } from '../../../src/scim/http/read-body.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const LIMIT = 3 * 1024 * 1024;
const SCIM = 'application/scim+json';

const nested = (depth: number): string => `{"userName":"deep","x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

/** So many members, all but one of them unknown. */
const wide = (members: number): string =>
  JSON.stringify({
    userName: 'fine',
    ...Object.fromEntries(Array.from({ length: members - 1 }, (_, n) => [`k${n}`, 1])),
  });

describe.each(['express', 'fastify'] as const)('the body of a request on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ adapter, options: { limits: { bodyBytes: LIMIT } } });
  });

  beforeEach(async () => {
    client = await host.client();
  });

  /** Nothing of what was refused is kept, and the server goes on. */
  afterEach(async () => {
    expect((await client.get('/Users?filter=userName+ne+"fine"')).body.totalResults).toBe(0);
  });

  afterAll(() => host.stop());

  const create = (body: string | Buffer, headers: Record<string, string> = {}) => client.post('/Users', body, headers);

  it.each([
    SCIM,
    'application/json',
    'application/json; charset=utf-8',
    'application/scim+json;charset=UTF-8',
    'Application/JSON',
    '',
  ])('is read as %p', async (type) => {
    const answer = await create('{"userName":"fine"}', { 'content-type': type });
    expect({ status: answer.status, userName: answer.body.userName }).toEqual({ status: 201, userName: 'fine' });
  });

  it.each([
    'text/plain',
    'text/plain; charset=application/json',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/vnd.api+json',
    'json',
    ';',
    'application/x-scim-claimed',
  ])('is refused as %s', async (type) => {
    expectScimError(await create('{"userName":"x"}', { 'content-type': type }), 415);
    expectScimError(await client.send('PUT', '/Users/x', '{"userName":"x"}', { 'content-type': type }), 415);
    expectScimError(await client.send('PATCH', '/Users/x', '{}', { 'content-type': type }), 415);
  });

  it('is refused when it is compressed, which hides its size', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expectScimError(await create(gzipSync('{"userName":"x"}'), headers), 415);
    expect((await create('{"userName":"fine"}', { 'content-encoding': 'identity' })).status).toBe(201);
  });

  it.each([
    ['is cut off', '{"userName":'],
    ['is a bare word', 'userName'],
    ['has something after it', '{"userName":"x"} {}'],
    ['has single quotes', "{'userName':'x'}"],
    ['has a comma too many', '{"userName":"x",}'],
    ['has a comment', '{"userName":"x"/**/}'],
    ['has NaN', '{"userName":NaN}'],
    ['has a raw NUL', '{"userName":"x\0"}'],
    ['has a raw NUL after it', '{"userName":"x"}\0'],
    ['has a raw line break in a text', '{"userName":"x\n"}'],
    ['is a list', '[{"userName":"x"}]'],
    ['is a text', '"userName"'],
    ['is a number', '123'],
    ['is true', 'true'],
    ['is null', 'null'],
    ['is empty', ''],
    ['is white space', ' \n'],
    ['nests 33 deep', nested(33)],
    ['nests 10,000 deep', nested(10_000)],
    ['nests 100,000 deep', nested(100_000)],
    ['nests objects 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['has an object of 1,001 members', wide(1001).replace('fine', 'x')],
    ['has an object of 1,001 members in a list', `{"userName":"x","emails":[${wide(1001)}]}`],
    ['has 100,000 names that nobody knows', wide(100_000).replace('fine', 'x')],
    ['is not UTF-8', Buffer.from('{"userName":"\xff\xfe"}', 'latin1')],
    ['is cut off inside a letter', Buffer.from('{"userName":"é"}').subarray(0, 14)],
    ['is UTF-16', Buffer.from('{"userName":"x"}', 'utf16le')],
    ['has an overlong slash', Buffer.from('{"userName":"\xc0\xaf"}', 'latin1')],
  ])('that %s is refused as invalidSyntax', async (_what, body) => {
    for (const type of [SCIM, 'application/json']) {
      expectScimError(await create(body, { 'content-type': type }), 400, 'invalidSyntax');
    }
    const { id } = await client.createUser({ userName: 'fine' });
    expectScimError(await client.send('PUT', `/Users/${id}`, body), 400, 'invalidSyntax');
    expectScimError(await client.send('PATCH', `/Users/${id}`, body), 400, 'invalidSyntax');
    expect((await client.get(`/Users/${id}`)).body.meta.version).toBe('W/"1"');
  });

  it('is missed by POST, PUT and PATCH', async () => {
    for (const method of ['POST', 'PUT', 'PATCH']) {
      const path = method === 'POST' ? '/Users' : '/Users/x';
      expectScimError(await client.send(method, path), 400, 'invalidSyntax');
      expectScimError(
        await client.send(method, path, undefined, { 'transfer-encoding': 'chunked' }),
        400,
        'invalidSyntax',
      );
    }
  });

  it.each([
    ['NUL', '{"userName":"x\\u0000"}'],
    ['half a surrogate pair', '{"userName":"x\\ud800"}'],
  ])('with an escaped %s is refused as invalidValue', async (_what, body) => {
    expectScimError(await create(body), 400, 'invalidValue');
  });

  it.each([
    ['a byte order mark', Buffer.from('\ufeff{"userName":"fine"}')],
    ['white space around it', ' \r\n\t{"userName":"fine"}\n'],
    ['32 levels', nested(32).replace('deep', 'fine')],
    ['a thousand members, of which nobody knows but one', wide(1000)],
    ['a list of 5,000', `{"userName":"fine","x":[${'1,'.repeat(4999)}1]}`],
    [
      '2 MiB, more than the adapters take by themselves',
      JSON.stringify({ userName: 'fine', x: 'x'.repeat(2 * 1024 * 1024) }),
    ],
  ])('may have %s', async (_what, body) => {
    expect((await create(body)).status).toBe(201);
  });

  it('over the limit is refused, announced or not', async () => {
    const body = JSON.stringify({ userName: 'x', x: 'x'.repeat(LIMIT) });
    const announced = await create(body);
    expectScimError(announced, 413);
    expect(announced.body.detail).toContain(String(LIMIT));
    expectScimError(await create(body, { 'content-length': '', 'transfer-encoding': 'chunked' }), 413);
    expectScimError(await create(body, { 'content-type': 'application/json' }), 413);
  });

  it('is not read for a client without a token', async () => {
    const body = JSON.stringify({ userName: 'x', x: 'x'.repeat(LIMIT) });
    expectScimError(await create(body, { authorization: 'Bearer wrong' }), 401);
    expectScimError(await create('{"broken', { authorization: '' }), 401);
  });

  it.each([
    ['ends early', 'Content-Length: 500'],
    ['ends inside a chunk', 'Transfer-Encoding: chunked'],
  ])('that %s changes nothing', async (_what, framing) => {
    const head = `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${client.token}\r\nContent-Type: ${SCIM}`;
    await breakOff(`${head}\r\n${framing}\r\n\r\n1f4\r\n{"userName":"x"`);
  });

  /** Sends some bytes and leaves once they are on their way. */
  function breakOff(bytes: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
      socket.on('error', reject).on('close', () => resolve());
      socket.on('connect', () => socket.write(bytes, () => socket.resetAndDestroy()));
    });
  }
});

describe('readBody', () => {
  it('does not wait for a client that left while its token was looked up', async () => {
    const message = Object.assign(new IncomingMessage(new Socket()), { method: 'POST', url: '/scim/v2/Users' });
    message.destroy();
    await once(message, 'close');
    await expect(readBody(message, LIMIT)).rejects.toMatchObject({ status: 400, scimType: 'invalidSyntax' });
  });
});
