import { Logger } from '@nestjs/common';
import { type Clock, install } from '@sinonjs/fake-timers';
import { ScimEntitlements } from '../../../src/scim/index.js';
import { TestOrganizations } from '../../support/module-host.js';

const NO_PLAN = { allowed: false, missing: ['plan'], detail: 'Needs Enterprise.' } as const;

let clock: Clock;
let organizations: TestOrganizations;
let asked: string[];
let entitlements: ScimEntitlements;

beforeAll(() => Logger.overrideLogger(false));

beforeEach(() => {
  clock = install();
  organizations = new TestOrganizations();
  asked = [];
  const entitlement = (organizationId: string) => {
    asked.push(organizationId);
    return organizations.entitlement(organizationId);
  };
  entitlements = new ScimEntitlements({
    baseUrl: 'https://app.example.com',
    organizations: { entitlement, mayRemove: async () => ({ allowed: true }) },
  });
});

afterEach(() => {
  clock.uninstall();
});

describe('get', () => {
  it("believes an answer for five seconds, each organization's its own", async () => {
    expect(await entitlements.get('acme')).toEqual({ allowed: true });
    organizations.refused.set('acme', NO_PLAN);
    clock.tick(4999);
    expect(await entitlements.get('acme')).toEqual({ allowed: true });
    organizations.refused.set('globex', NO_PLAN);
    expect(await entitlements.get('globex')).toEqual(NO_PLAN);
    clock.tick(1);
    expect(await entitlements.get('acme')).toEqual(NO_PLAN);
    expect(asked).toEqual(['acme', 'globex', 'acme']);
  });

  it('asks once for all who want to know at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => entitlements.get('acme')));
    await entitlements.get('globex');
    expect(answers).toEqual(Array.from({ length: 8 }, () => ({ allowed: true })));
    expect(asked).toEqual(['acme', 'globex']);
  });

  it('tells all who wait that the host failed, and the next one asks again', async () => {
    organizations.failing = true;
    const answers = await Promise.allSettled([entitlements.get('acme'), entitlements.get('acme')]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    organizations.failing = false;
    expect(await entitlements.get('acme')).toEqual({ allowed: true });
    expect(asked).toEqual(['acme', 'acme']);
  });

  it('believes a refusal no longer', async () => {
    organizations.refused.set('acme', NO_PLAN);
    expect(await entitlements.get('acme')).toEqual(NO_PLAN);
    organizations.refused.delete('acme');
    clock.tick(5000);
    expect(await entitlements.get('acme')).toEqual({ allowed: true });
  });

  it('takes a host that fails for neither a yes nor a no, and asks it again', async () => {
    organizations.failing = true;
    await expect(entitlements.get('acme')).rejects.toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
    organizations.failing = false;
    expect(await entitlements.get('acme')).toEqual({ allowed: true });
  });

  it('keeps what it knows while the host fails, as long as it may', async () => {
    await entitlements.get('acme');
    organizations.failing = true;
    clock.tick(4999);
    expect(await entitlements.get('acme')).toEqual({ allowed: true });
    clock.tick(1);
    await expect(entitlements.get('acme')).rejects.toMatchObject({ status: 503 });
  });

  it('waits two seconds for the host', async () => {
    const silent = new ScimEntitlements({
      baseUrl: '',
      organizations: { entitlement: () => new Promise(() => {}), mayRemove: async () => ({ allowed: true }) },
    });
    const answer = silent.get('acme').catch((error: unknown) => error);
    await clock.tickAsync(2000);
    expect(await answer).toMatchObject({ status: 503 });
    expect(clock.countTimers()).toBe(0);
  });

  it('does not grow without bound', async () => {
    for (let index = 0; index <= 10_000; index += 1) await entitlements.get(`organization-${index}`);
    asked.length = 0;
    await entitlements.get('organization-10000');
    await entitlements.get('organization-1');
    await entitlements.get('organization-0');
    expect(asked).toEqual(['organization-0']);
  });
});

describe('forget', () => {
  it('has the host asked anew, for that organization only', async () => {
    await entitlements.get('acme');
    await entitlements.get('globex');
    organizations.refused.set('acme', NO_PLAN);
    entitlements.forget('acme');
    expect(await entitlements.get('acme')).toEqual(NO_PLAN);
    await entitlements.get('globex');
    expect(asked).toEqual(['acme', 'globex', 'acme']);
  });

  it('makes nobody wait for an answer that was asked for before it', async () => {
    const before = entitlements.get('acme');
    entitlements.forget('acme');
    organizations.refused.set('acme', NO_PLAN);
    expect(await entitlements.get('acme')).toEqual(NO_PLAN);
    expect(await before).toEqual({ allowed: true });
    expect(await entitlements.get('acme')).toEqual(NO_PLAN);
    expect(asked).toEqual(['acme', 'acme']);
  });

  it('voids an answer that was asked for before it', async () => {
    const answer = entitlements.get('acme');
    entitlements.forget('acme');
    organizations.refused.set('acme', NO_PLAN);
    await answer;
    expect(await entitlements.get('acme')).toEqual(NO_PLAN);
  });
});

describe('ask', () => {
  it('always asks', async () => {
    await entitlements.get('acme');
    organizations.refused.set('acme', NO_PLAN);
    expect(await entitlements.ask('acme')).toEqual(NO_PLAN);
  });
});
