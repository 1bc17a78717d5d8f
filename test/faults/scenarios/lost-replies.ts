import { once } from 'node:events';
import { connect } from 'node:net';
import type { ScimClient } from '../../support/scim-client.js';
import { type FaultContext, type Findings, type Scenario, until } from '../scenario.js';

/** The identity provider's connection breaks after its creation was stored and before it heard so. */
export const lostReplies: Scenario = {
  name: 'lost-replies',
  title: 'A creation whose answer was lost is refused as a duplicate when it is repeated, and a filter finds the user',
  run,
};

async function run({ quick, host, query }: FaultContext): Promise<Findings> {
  const count = quick ? 5 : 200;
  const client = await (await host({ providers: [] })).client();
  const violations: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const user = { userName: `user-${number}`, externalId: `external-${number}` };
    await postAndHangUp(client, user, async () => {
      const [row] = await query<{ id: string }>('select id from scim_identity where user_name = $1', [user.userName]);
      return row !== undefined;
    });
    const again = await client.post('/Users', user);
    const found = await client.filterUsers(`userName eq "${user.userName}"`);
    const right =
      again.status === 409 &&
      again.body.scimType === 'uniqueness' &&
      found.body.totalResults === 1 &&
      found.body.Resources[0].externalId === user.externalId;
    if (!right) violations.push(`${user.userName}: ${again.status} ${again.text}, then ${found.text}`);
  }
  const [row] = await query<{ rows: number; events: number }>(
    'select (select count(*)::int from scim_identity) as rows, (select count(*)::int from scim_outbox where aggregate_type = $1) as events',
    ['user'],
  );
  if (row?.rows !== count || row.events !== count) violations.push(`rows and events: ${JSON.stringify(row)}`);
  return { counts: { 'answers lost': count, ...row }, times: {}, violations };
}

/** Never reads an answer. */
async function postAndHangUp(client: ScimClient, user: object, isStored: () => Promise<boolean>): Promise<void> {
  const { hostname, port } = new URL(client.hostUrl);
  const socket = connect(Number(port), hostname);
  socket.pause();
  await once(socket, 'connect');
  const body = JSON.stringify(user);
  const head = [
    `POST ${client.path}/Users HTTP/1.1`,
    `Host: ${hostname}`,
    `Authorization: Bearer ${client.token}`,
    'Content-Type: application/scim+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  await until('the user is stored', isStored);
  socket.destroy();
}
