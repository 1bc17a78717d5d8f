import {
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress, lookupPublic } from './public-address.js';
import type { ScimEventPublisher, ScimPublisherOptions } from './publisher.js';
import { readWebhookSecret, signWebhook } from './sign-webhook.js';

/** A receiver of events over HTTPS. */
export interface WebhookOptions extends ScimPublisherOptions {
  /** `https:`; with `allowPrivateNetwork` also `http:`. */
  readonly url: string;
  /**
   * `whsec_` and the base64 of 24 to 64 random bytes. Each makes a signature, so that a receiver may change from one to the
   * next: add the new one, give it to the receiver, take the old one out.
   */
  readonly secrets: readonly [string, ...string[]];
  /** Sent with every event, e.g. an Authorization. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the receiver may be in a private network, where a URL from a stranger would reach your own services. Default false. */
  readonly allowPrivateNetwork?: boolean;
  /** Milliseconds to wait for the answer, 100 to 25,000. Default 10,000. */
  readonly timeoutMs?: number;
}

/** What is read of an answer, which nobody looks at, so that the connection can be used again. */
const MOST_ANSWER_BYTES = 64 * 1024;
const ANSWER_MS = 1000;

/**
 * Posts each event to a URL, signed as Standard Webhooks 1.0 has it (`webhook-id`, `webhook-timestamp`, `webhook-signature`):
 * a CloudEvent as JSON. Any answer from 200 to 299 confirms it; everything else, a redirect included, is a failed try.
 * @throws Error for a URL, a secret, an address or a header that it does not take; it repeats neither secrets nor values.
 */
export function toWebhook(options: WebhookOptions): ScimEventPublisher {
  const { url, secrets, headers = {}, allowPrivateNetwork = false, ...rest } = options;
  const target = readTarget(url, allowPrivateNetwork, options.consumer);
  const keys = secrets.map(readWebhookSecret);
  if (keys.length === 0) throw new Error(`${options.consumer}: a webhook needs a secret.`);
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  return {
    ...rest,
    async publish(event, { signal }) {
      const body = JSON.stringify(event);
      const timestamp = Math.floor(Date.now() / 1000);
      const signed = {
        ...headers,
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'webhook-id': event.id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signWebhook({ id: event.id, timestamp, body }, keys),
      };
      const status = await post(target, signed, body, signal);
      if (status < 200 || status > 299) throw new Error(`the receiver answered ${status}${REASONS[status] ?? ''}`);
    },
  };
}

/** What an operator should know about an answer. */
const REASONS: Readonly<Record<number, string>> = {
  301: ': redirects are not followed',
  302: ': redirects are not followed',
  303: ': redirects are not followed',
  307: ': redirects are not followed',
  308: ': redirects are not followed',
  410: ': it wants no more events; take the webhook out and retire its consumer',
};

interface Target {
  readonly url: URL;
  readonly agent: HttpAgent;
  readonly allowPrivateNetwork: boolean;
}

function readTarget(text: string, allowPrivateNetwork: boolean, consumer: string): Target {
  // Its own message would repeat the text, which may hold a secret.
  if (!URL.canParse(text)) throw new Error(`${consumer}: the webhook's URL is none.`);
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allowPrivateNetwork && url.protocol === 'http:')) {
    throw new Error(`${consumer}: a webhook's URL begins with https:, not ${url.protocol}`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivateNetwork && isIP(host) !== 0 && !isPublicAddress(host)) {
    throw new Error(`${consumer}: ${host} is a private address; "allowPrivateNetwork: true" takes it.`);
  }
  // Of its own: a connection that others opened was not checked.
  const settings = { keepAlive: true };
  const agent = url.protocol === 'https:' ? new HttpsAgent(settings) : new HttpAgent(settings);
  return { url, agent, allowPrivateNetwork };
}

/** @returns the status. */
function post(
  { url, agent, allowPrivateNetwork }: Target,
  headers: Readonly<Record<string, string | number>>,
  body: string,
  signal: AbortSignal,
): Promise<number> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const lookup = allowPrivateNetwork ? {} : { lookup: lookupPublic };
  return new Promise((resolve, reject) => {
    const request = send(url, { method: 'POST', headers, agent, signal, ...lookup }, (response) => {
      discard(response);
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function discard(response: IncomingMessage): void {
  let left = MOST_ANSWER_BYTES;
  const timer = setTimeout(() => response.destroy(), ANSWER_MS).unref();
  response.on('close', () => clearTimeout(timer)).on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) response.destroy();
  });
}
