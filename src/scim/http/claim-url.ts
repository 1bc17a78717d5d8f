/** Longer than any id or URN of ours; Fastify refuses longer parameters in its own words. */
const LONGEST_SEGMENT = 100;

/** No endpoint of ours has more; what does is cut, and no less unknown for it. */
const MOST_SEGMENTS = 3;

/**
 * A request's URL as the module's routes know it, or undefined if it is not under `root`. Undoes what administrators and
 * clients do to a base URL: doubled and trailing slashes, another case of the endpoint's name, letters that are
 * percent-encoded (only Fastify's router would decode those). Ids are left alone, but for what a router would choke on
 * before the module can answer.
 */
export function claimUrl(url: string, root: string, endpoints: readonly string[]): string | undefined {
  const end = url.search(/[?#]/);
  const path = end === -1 ? url : url.slice(0, end);
  const segments = path.split('/').filter((segment) => segment !== '');
  const rootSegments = root.split('/').filter((segment) => segment !== '');
  const inside = rootSegments.every((segment, index) => toName(segments[index] ?? '') === segment.toLowerCase());
  if (!inside) return undefined;
  const [endpoint, ...rest] = segments.slice(rootSegments.length);
  if (endpoint === undefined) return root + (end === -1 ? '' : url.slice(end));
  const known = endpoints.find((name) => name.toLowerCase() === toName(endpoint)) ?? endpoint;
  return (
    [root, ...[known, ...rest].slice(0, MOST_SEGMENTS).map(tameSegment)].join('/') + (end === -1 ? '' : url.slice(end))
  );
}

const toName = (segment: string): string => (decode(segment) ?? segment).toLowerCase();

function tameSegment(segment: string): string {
  const short = segment.slice(0, LONGEST_SEGMENT);
  return decode(short) === undefined ? encodeURIComponent(short) : short;
}

/** Undefined where the percent-encoding is broken. */
function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
