import { randomUUID } from 'node:crypto';
import { install, type Clock } from '@sinonjs/fake-timers';
import { PasswordTries, type PasswordTry } from '../../../src/host/auth/password-tries.js';

const ADA: PasswordTry = { email: 'ada@acme.example', address: '192.0.2.1' };

describe('tries of passwords', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = install({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  });
  afterEach(() => clock.uninstall());

  const fail = async (tries: PasswordTries, one: PasswordTry, times: number): Promise<void> => {
    for (let failed = 0; failed < times; failed += 1) await tries.count(one);
  };

  it('are ten in a quarter of an hour, however many more are made meanwhile', async () => {
    const tries = new PasswordTries();
    await fail(tries, ADA, 10);
    await clock.tickAsync('14:00');
    await expect(tries.count(ADA)).rejects.toMatchObject({
      response: { message: 'Too many wrong passwords. Try again in a minute.', retryAfterSeconds: 60 },
      status: 429,
    });
    await clock.tickAsync('01:00');
    await fail(tries, ADA, 10);
    await expect(tries.count(ADA)).rejects.toMatchObject({ status: 429 });
  });

  it('begin anew with the right password', async () => {
    const tries = new PasswordTries();
    await fail(tries, ADA, 10);
    await tries.forget(ADA);
    await fail(tries, ADA, 10);
    await expect(tries.count(ADA)).rejects.toMatchObject({ status: 429 });
  });

  it('are counted by account and address together, so that a stranger locks nobody out', async () => {
    const tries = new PasswordTries();
    await fail(tries, ADA, 10);
    await expect(tries.count(ADA)).rejects.toMatchObject({ status: 429 });
    await tries.count({ ...ADA, address: '192.0.2.2' });
    await tries.count({ ...ADA, address: undefined });
    await tries.count({ ...ADA, email: 'grace@acme.example' });
  });
});

describe('the memory of tries', () => {
  it('has so many places, however many accounts are tried', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    try {
      const tries = new PasswordTries();
      const strangers = Array.from({ length: 70_000 }, () => ({ email: randomUUID(), address: '192.0.2.1' }));
      await Promise.allSettled(strangers.map((stranger) => tries.count(stranger)));
      // Each place that is taken is freed by a timer of its own.
      expect(timers.mock.calls.length).toBeLessThanOrEqual(65_536);
      for (const { value } of timers.mock.results) clearTimeout(value);
    } finally {
      timers.mockRestore();
    }
  });
});
