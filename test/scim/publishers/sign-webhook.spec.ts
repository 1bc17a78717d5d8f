import { readWebhookSecret, signWebhook } from '../../../src/scim/publishers/sign-webhook.js';

const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

describe('signWebhook', () => {
  it('signs id, timestamp and body as the example of Standard Webhooks has it', () => {
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1614265330,
      body: '{"test": 2432232314}',
    };
    expect(signWebhook(message, [readWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')])).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('makes a signature for each key', () => {
    const message = { id: 'a', timestamp: 1, body: '{}' };
    const [one, two] = [Buffer.alloc(24, 1), Buffer.alloc(24, 2)];
    expect(signWebhook(message, [one, two]).split(' ')).toEqual([
      signWebhook(message, [one]),
      signWebhook(message, [two]),
    ]);
  });
});

describe('readWebhookSecret', () => {
  it.each([24, 64])('takes %i bytes', (bytes) => {
    expect(readWebhookSecret(secretOf(bytes))).toHaveLength(bytes);
  });

  it.each([
    ['too few bytes', secretOf(23)],
    ['too many bytes', secretOf(65)],
    ['no prefix', secretOf(24).slice('whsec_'.length)],
    ['what is no base64', `whsec_${'!'.repeat(40)}`],
    ['nothing', ''],
  ])('refuses %s without repeating it', (_what, secret) => {
    let message = '';
    try {
      readWebhookSecret(secret);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('random bytes');
    if (secret !== '') expect(message).not.toContain(secret);
  });
});
