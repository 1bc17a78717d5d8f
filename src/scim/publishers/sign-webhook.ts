import { createHmac } from 'node:crypto';

/** What is signed. */
export interface WebhookMessage {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

const PREFIX = 'whsec_';
const FEWEST_BYTES = 24;
const MOST_BYTES = 64;

/** The value of `webhook-signature` (Standard Webhooks 1.0): one signature for each key, so that keys can be changed. */
export const signWebhook = ({ id, timestamp, body }: WebhookMessage, keys: readonly Buffer[]): string =>
  keys.map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`).join(' ');

/**
 * The key of a secret as Standard Webhooks writes it: `whsec_` and base64.
 * @throws Error for one of another form or length; it does not repeat the secret.
 */
export function readWebhookSecret(secret: string): Buffer {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(encoded, 'base64');
  if (key.toString('base64') !== encoded || key.length < FEWEST_BYTES || key.length > MOST_BYTES) {
    throw new Error(
      `A webhook's secret is "${PREFIX}" and the base64 of ${FEWEST_BYTES} to ${MOST_BYTES} random bytes.`,
    );
  }
  return key;
}
