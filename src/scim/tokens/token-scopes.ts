/** What a token may do; discovery needs none of them. */
export const TOKEN_SCOPES = [
  'users:read',
  'users:write',
  'groups:read',
  'groups:write',
  // All resource types of the host's own.
  'resources:read',
  'resources:write',
] as const;

/** One of `TOKEN_SCOPES`. */
export type TokenScope = (typeof TOKEN_SCOPES)[number];
