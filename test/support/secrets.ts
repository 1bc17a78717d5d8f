/** A password that no test may find anywhere again: `ScimClient.createUser` sends it with every person of the run. */
export const CANARY_PASSWORD = 'canary-Passw0rd-of-the-run';

/** The pepper of the run's hosts. */
export const CANARY_PEPPER = 'test:canary-Pepper-0123456789abcdef';

/**
 * Of secrets that must not be found anywhere: a token as the product prints it, the same in hexadecimal (how a bytea reads as
 * text), the tests' passwords, and their pepper. For JavaScript and PostgreSQL.
 */
export const SECRET_PATTERN = [
  // With its prefix: what cursors are made of looks like the rest now and then.
  'scim_[0-9A-Za-z]{13}_[0-9A-Za-z]{49}',
  '7363696d5f([0-9a-f]{2}){13}5f([0-9a-f]{2}){49}',
  'canary-Passw0rd-',
  'canary-Pepper-',
].join('|');
