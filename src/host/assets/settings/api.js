/** The JSON API behind the settings page. */

const { slug } = document.getElementById('settings').dataset;

/** What the server answered that was no success. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Asks the host. @throws Refusal with a text to show. */
export async function host(method, path, body) {
  const response = await send(method, path, body);
  return read(response);
}

/** Asks the SCIM module's admin API. */
export const scim = (method, path, body) => host(method, `/scim${path}`, body);

/** A query string without what is empty. */
export function queryOf(values) {
  const filled = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return filled.length === 0 ? '' : `?${new URLSearchParams(filled)}`;
}

const known = new Map();

/** Asks for something that rarely changes. `changed` is false where the answer is the one that was had before. */
export async function poll(path) {
  const before = known.get(path);
  // With a header of its own the browser adds no `no-cache`, to which a server never answers 304.
  const headers = before ? { 'If-None-Match': before.tag, 'Cache-Control': 'max-age=0' } : {};
  const response = await send('GET', path, undefined, headers);
  if (response.status === 304) return { answer: before.answer, changed: false };
  const answer = await read(response);
  const tag = response.headers.get('etag');
  const changed = before?.tag !== tag || tag === null;
  if (tag !== null) known.set(path, { tag, answer });
  return { answer, changed };
}

async function send(method, path, body, headers = {}) {
  const content =
    body === undefined
      ? { headers }
      : { headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  try {
    return await fetch(`/api/organizations/${slug}${path}`, { method, ...content });
  } catch {
    throw new Refusal(0, 'The server cannot be reached. Check your connection and try again.');
  }
}

async function read(response) {
  if (response.status === 204) return undefined;
  // Something before the server may answer with a page of its own.
  const answer = await response
    .json()
    .catch(() => ({ message: `The server answered with status ${response.status}.` }));
  if (!response.ok) throw new Refusal(response.status, [answer.message].flat().join('; '));
  return answer;
}

/** Where one signs in, and comes back from. */
export const signInAgain = () => `/login?next=${encodeURIComponent(location.pathname + location.hash)}`;
