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

  it.each([
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff:ffff:ffff:ffff', true],
    ['2001:db8::1:0:0:1', '2001:0DB8:0:0:2::', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['2001::1:2:3:4:5:6', '2001:0:1:2::', true],
    ['::1', '::2', true],
    ['fe80::1%eth0', 'fe80::2%eth1', true],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::ffff:c000:201', '192.0.2.1', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['192.0.2.1', '192.0.2.2', false],
  ])('take %s and %s for one place: %s', async (one, other, isSame) => {
    const tries = new PasswordTries();
    await fail(tries, { ...ADA, address: one }, 10);
    const next = await tries.count({ ...ADA, address: other }).then(
      () => 'counted',
      () => 'refused',
    );
    expect(next).toBe(isSame ? 'refused' : 'counted');
  });
});

describe('tries of passwords from many places', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = install({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  });
  afterEach(() => clock.uninstall());

  const place = (number: number): PasswordTry => ({ ...ADA, address: `2001:db8:0:${number.toString(16)}::1` });

  async function failFromMany(tries: PasswordTries, places: number): Promise<void> {
    for (let number = 0; number < places * 10; number += 1) await tries.count(place(number % places));
  }

  it('are a hundred in a quarter of an hour for one account, wherever they are made', async () => {
    const tries = new PasswordTries();
    await failFromMany(tries, 10);
    await clock.tickAsync('14:00');
    await expect(tries.count(place(11))).rejects.toMatchObject({ status: 429, response: { retryAfterSeconds: 60 } });
    await tries.count({ ...ADA, email: 'grace@acme.example' });
    await clock.tickAsync('01:00');
    await tries.count(place(11));
  });

  it('are none of the hundred where the password was right, nor where a place had none left', async () => {
    const tries = new PasswordTries();
    await failFromMany(tries, 9);
    for (let more = 0; more < 20; more += 1) await expect(tries.count(place(0))).rejects.toMatchObject({ status: 429 });
    for (let more = 0; more < 20; more += 1) {
      await tries.count(place(10));
      await tries.forget(place(10));
    }
    for (let more = 0; more < 10; more += 1) await tries.count(place(11));
    await expect(tries.count(place(12))).rejects.toMatchObject({ status: 429 });
  });

  it('keep nobody out of where the password was right before, who has ten there as ever', async () => {
    const tries = new PasswordTries();
    await tries.count(ADA);
    await tries.forget(ADA);
    await failFromMany(tries, 10);
    await expect(tries.count(place(11))).rejects.toMatchObject({ status: 429 });
    for (let more = 0; more < 10; more += 1) await tries.count(ADA);
    await expect(tries.count(ADA)).rejects.toMatchObject({ status: 429 });
  });
});

describe('the memory of tries', () => {
  it('has so many places, however many accounts are tried', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    try {
      const tries = new PasswordTries();
      const strangers = Array.from({ length: 70_000 }, () => ({ email: randomUUID(), address: '192.0.2.1' }));
      await Promise.allSettled(strangers.map((stranger) => tries.count(stranger)));
      // Each place that is taken is freed by a timer of its own: one of the account, one of the account and the address.
      expect(timers.mock.calls.length).toBeLessThanOrEqual(2 * 65_536);
      for (const { value } of timers.mock.results) clearTimeout(value);
    } finally {
      timers.mockRestore();
    }
  });
});
