import { Account } from '../../src/host/auth/account.entity.js';
import { Organization as Organizations } from '../../src/host/organizations/organization.entity.js';
import { HostClient } from '../support/host-client.js';
import { ScimClient } from '../support/scim-client.js';
import { whenDelivered } from '../support/when-delivered.js';
import { HOSTILE_TEXTS, LONG } from './hostile-texts.js';
import type { Organization } from './organization.js';
import { GIVE_UP } from './settings-page.js';

const LABEL = '</td></tr></table><script>hit=2</script>';
const LINKED = '"><img src=//evil.example/a.png onerror="hit=8">';

/** What an organization's page has to show after its owner, its IdP and its people did their worst; names are sorted. */
export async function sendHostile(organization: Organization) {
  const { host, slug, owner } = organization;
  const admin = `/api/organizations/${slug}/scim`;
  const owners = await renameOwner(organization);
  const { labels, idp } = await labelTokens(organization);
  const id = await sync(idp);
  const clients = await changeAs(idp, id);
  await Promise.all(HOSTILE_TEXTS.map((text) => idp.get(`/Schemas/${encodeURIComponent(text)}`)));
  await new HostClient(host.url).signInBySso(slug, LINKED);
  await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
  await whenDelivered(host.dataSource);
  await host.dataSource.query(GIVE_UP, [id, 'scim.user.deactivated']);

  const { requests } = (await owner.get(`${admin}/log?limit=200`)).body;
  const { attributes } = (await owner.get(`${admin}/identities/${id}`)).body;
  return {
    ...owners,
    labels,
    label: LABEL,
    linked: LINKED,
    names: [...HOSTILE_TEXTS.map(shown), LONG.name].toSorted(),
    ids: [...HOSTILE_TEXTS, LONG.id].toSorted(),
    groups: HOSTILE_TEXTS.map(shown).toSorted(),
    clients,
    requests: requests.map(requestOf),
    attributes,
  };
}

const shown = (text: string): string => (/^[\u200B-\u200D\u2060]+$/.test(text) ? '(a name that shows nothing)' : text);

const requestOf = ({ method, path, query }: Record<string, string>): string =>
  `${method} ${path}${query ? `?${query}` : ''}`;

async function renameOwner({ host, slug }: Organization) {
  const [organization, owner] = ['</title><script>hit=3</script>', '<img src=x onerror=hit=7>'];
  await host.dataSource.getRepository(Organizations).update({ slug }, { name: organization });
  await host.dataSource.getRepository(Account).update({ email: `owner@${slug}.example` }, { displayName: owner });
  return { organization, owner };
}

/** One token of each label; all but one have ended, and that one is being replaced and about to end. */
async function labelTokens({ host, slug, owner }: Organization) {
  const tokens = `/api/organizations/${slug}/scim/tokens`;
  const labels = HOSTILE_TEXTS.filter((text) => !/\p{Cc}/u.test(text) && text !== LABEL);
  const generate = async (label: string): Promise<{ id: string; token: string }> => {
    const { status, body } = await owner.json('POST', tokens, { label });
    expect([label, status]).toEqual([label, 201]);
    return body;
  };
  for (const label of labels) {
    const { id } = await generate(label);
    await owner.json('DELETE', `${tokens}/${id}`);
  }
  const { id, token } = await generate(LABEL);
  expect((await owner.json('POST', `${tokens}/${id}/rotate`, {})).status).toBe(201);
  await host.dataSource.query(`UPDATE scim_token SET expires_at = now() + interval '6 days' WHERE revoked_at IS NULL`);
  return {
    idp: new ScimClient(host.url, token, slug),
    labels: ['test', LABEL, LABEL, ...labels.map(shown)].toSorted(),
  };
}

/** Everybody by one request, and as many groups. @returns the id of the person who is in all of the groups */
async function sync(idp: ScimClient): Promise<string> {
  const people = [...HOSTILE_TEXTS.map((text) => ({ name: text, id: text })), LONG];
  const post = (path: string, bulkId: string, data: object): object => ({ method: 'POST', path, bulkId, data });
  const linked = HOSTILE_TEXTS.indexOf(LINKED);
  const Operations = [
    ...people.map(({ name, id }, index) =>
      post('/Users', `person-${index}`, { userName: id, externalId: id, displayName: name }),
    ),
    ...HOSTILE_TEXTS.map((displayName, index) =>
      post('/Groups', `group-${index}`, { displayName, members: [{ value: `bulkId:person-${linked}` }] }),
    ),
  ];
  const { body } = await idp.post('/Bulk', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations,
  });
  const refused = body.Operations.filter(({ status }: { status: string }) => status !== '201');
  expect(refused).toEqual([]);
  return body.Operations[linked].location.split('/').at(-1);
}

/**
 * One change under each name of a client. A header holds bytes, and the page shows what the server makes of them.
 * @returns the clients of the person's history, the newest first
 */
async function changeAs(idp: ScimClient, id: string): Promise<readonly string[]> {
  const clients = HOSTILE_TEXTS.map((text) => Buffer.from(text).toString('latin1').trim()).filter(
    (text) => !/[\n\r]/.test(text),
  );
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
  for (const client of clients) {
    const Operations = [{ op: 'add', path: 'title', value: client }];
    // Node would write the headers in the encoding of a text behind them.
    const change = Buffer.from(JSON.stringify({ schemas, Operations }));
    const { status, text } = await idp.send('PATCH', `/Users/${id}`, change, { 'user-agent': client });
    expect([status, text]).toEqual([200, text]);
  }
  return clients.toReversed();
}
