/** Requests and answers, for people who do not speak SCIM. */

const RESOURCES = { users: ['a person', 'people'], groups: ['a group', 'groups'] };
const ABOUT = /^\/(serviceproviderconfig|resourcetypes|schemas)\b/i;
const VERBS = { POST: 'Add', PUT: 'Replace', PATCH: 'Change', DELETE: 'Remove' };

/** "Change a person" for `PATCH /Users/…`. */
export function requestInWords(method, path) {
  if (ABOUT.test(path)) return 'Ask what this service can do';
  if (/^\/bulk$/i.test(path)) return 'Several changes at once';
  const [, folder = '', id] = path.split('/');
  const [one, many] = RESOURCES[folder.toLowerCase()] ?? [`one of ${folder}`, folder];
  if (folder === '' || folder.startsWith('.')) return 'Look up';
  if (method === 'GET') return id === undefined ? `Look up ${many}` : `Read ${one}`;
  if (id === '.search') return `Look up ${many}`;
  return VERBS[method] ? `${VERBS[method]} ${one}` : method;
}

const STATUSES = {
  400: 'Not understood',
  401: 'Token not accepted',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not possible here',
  409: 'Conflict',
  410: 'Gone',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Wrong kind of body',
  429: 'Too many requests',
  499: 'Caller left',
  501: 'Not offered',
  503: 'Try again later',
};

/** "Conflict" for 409. */
export function resultInWords(status) {
  if (status === 304) return 'Unchanged';
  if (status < 400) return 'Done';
  return STATUSES[status] ?? (status < 500 ? 'Refused' : 'Trouble here');
}

const TYPES = {
  uniqueness: 'Somebody or something with the same user name or external ID is there already.',
  mutability: 'It would change what must not change.',
  invalidFilter: 'The search expression is not one.',
  invalidPath: 'It names an attribute that is not there.',
  invalidSyntax: 'The body is not what it should be.',
  invalidValue: 'A value is missing, or is not what it should be.',
  noTarget: 'It would change something that is not there.',
  tooMany: 'It asks for too much at once.',
};

const EXPLANATIONS = {
  401: 'The token is unknown, has expired or was revoked. Put a live token into your identity provider.',
  403: 'Either the token may not do this (its scopes), or the organization may not use SCIM at present.',
  404: 'Who or what it names is not here: removed before, or never added.',
  409: 'It would break a rule of this organization; the answer says which.',
  412: 'It was changed by somebody else between reading and writing. The identity provider tries again.',
  413: 'The request is larger than what is taken.',
  429: 'The identity provider calls faster than is allowed. It slows down and tries again by itself.',
  499: 'The identity provider closed the connection before it was answered; what it asked may have been done.',
  503: 'Provisioning is paused, or something here is not available. It tries again by itself.',
};

/** Why, and what to do; undefined where all went well. */
export function explain(status, scimType) {
  if (status < 400) return undefined;
  if (status >= 500 && status !== 503)
    return 'Something went wrong here. If it goes on, tell your provider the request id.';
  return TYPES[scimType] ?? EXPLANATIONS[status];
}
