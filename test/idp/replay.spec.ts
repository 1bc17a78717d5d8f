import { readdirSync } from 'node:fs';
import { HostClient } from '../support/host-client.js';
import { startHost } from '../support/host.js';
import { type ModuleHost, startModuleHost } from '../support/module-host.js';
import { ScimClient } from '../support/scim-client.js';
import { readConversation, replay } from './conversation.js';

const conversations = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const conversation = readConversation(name);
    const hasPeople = conversation.steps.some(({ step }) => step.as !== undefined || step.login !== undefined);
    return { ...conversation, hasPeople };
  });

/** What a conversation may speak of from its beginning. */
const valuesOf = ({ token }: ScimClient, publicUrl: string): Record<string, string> => ({
  token,
  base: `${publicUrl}/scim/v2`,
});

describe('identity providers and people with the reference host', () => {
  it.each(conversations.filter(({ hasPeople }) => hasPeople))('$name: is answered as they expect', async (each) => {
    const host = await startHost();
    try {
      const owner = await new HostClient(host.url).signInAsOwner('acme');
      const idp = new ScimClient(host.url, await owner.generateToken('acme'), 'acme');
      await replay(each, { idp, owner, person: new HostClient(host.url) }, valuesOf(idp, host.url));
    } finally {
      await host.stop();
    }
  });
});

describe('identity providers with the module alone', () => {
  let host: ModuleHost;

  beforeAll(async () => {
    host = await startModuleHost();
  });

  afterAll(() => host.stop());

  // One host for all: each conversation has an organization of its own.
  it.each(conversations.filter(({ hasPeople }) => !hasPeople))('$name: is answered as it expects', async (each) => {
    const idp = await host.client();
    await replay(each, { idp }, valuesOf(idp, 'https://app.example.com'));
  });
});
