import type { Idp } from '../log/recognise-idp.js';

/** When an identity provider calls by itself. */
export type Cadence =
  /** In rounds, one this long after the other. */
  | { readonly type: 'interval'; readonly minutes: number }
  /** As soon as something changes there; silence means that nothing did. */
  | { readonly type: 'on-change' }
  /** Nobody documents it. */
  | { readonly type: 'unknown' };

const ON_CHANGE: Cadence = { type: 'on-change' };

/** As their vendors document it. */
export const CADENCES: Readonly<Record<Idp | 'generic', Cadence>> = {
  // learn.microsoft.com, how-provisioning-works: a cycle about every 40 minutes.
  entra: { type: 'interval', minutes: 40 },
  // developer.okta.com, scim-20: an assignment or a change of the profile is sent at once; imports are the admin's.
  okta: ON_CHANGE,
  // support.google.com/a/answer/9338944: removals within 24 hours, as the app's settings say; nothing of a rhythm.
  google: { type: 'unknown' },
  onelogin: ON_CHANGE,
  jumpcloud: ON_CHANGE,
  ping: { type: 'unknown' },
  rippling: { type: 'unknown' },
  // Its clients listen to events of the realm.
  keycloak: ON_CHANGE,
  authentik: { type: 'unknown' },
  generic: { type: 'unknown' },
};

/** When the next round is due; undefined where there are none. */
export const nextRound = (lastCallAt: Date, cadence: Cadence): Date | undefined =>
  cadence.type === 'interval' ? new Date(lastCallAt.getTime() + cadence.minutes * 60_000) : undefined;
