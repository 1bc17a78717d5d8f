import type { LinkedBy } from '../persistence/entities/provisioned-identity.entity.js';
import type { Cadence } from './idp-cadence.js';

/** Identity providers with a set-up guide of their own, and `generic` for all others. */
export const GUIDE_IDS = ['entra', 'okta', 'google', 'onelogin', 'jumpcloud', 'ping', 'generic'] as const;

/** Name of a set-up guide. */
export type GuideId = (typeof GUIDE_IDS)[number];

/** One field of the identity provider's console. */
export interface GuideField {
  /**
   * `copy`: paste `value` as it is · `token`: paste the SCIM token, which no guide holds · `choose`: pick the entry `value` ·
   * `tick` and `untick`: a box or a switch · `map`: the console's attribute `label` becomes the SCIM attribute `value`.
   */
  readonly kind: 'copy' | 'token' | 'choose' | 'tick' | 'untick' | 'map';
  /** As the console spells it. */
  readonly label: string;
  readonly value: string | null;
  readonly note?: string;
}

/** One thing to do. */
export interface GuideStep {
  readonly text: string;
  readonly fields: readonly GuideField[];
}

/** One way to make a person's SAML NameID equal to what SCIM sends of them. */
export interface LinkKeyChoice {
  /** The SCIM attribute that the NameID equals. */
  readonly id: LinkedBy;
  readonly recommended: boolean;
  readonly title: string;
  readonly why: string;
  readonly steps: readonly GuideStep[];
}

/** Part of a guide. */
export interface GuideSection {
  readonly id: 'connect' | 'link-key' | 'attributes' | 'removal' | 'groups' | 'start';
  readonly title: string;
  readonly steps: readonly GuideStep[];
  /** In section `link-key`: one of them is to be picked. */
  readonly choices: readonly LinkKeyChoice[];
}

/** How an identity provider is set up: exact names of its console's fields, and what goes into them. */
export interface SetupGuide {
  readonly id: GuideId;
  /** Of the product. */
  readonly name: string;
  readonly summary: string;
  /** What this identity provider cannot do, or does not document. */
  readonly limits: readonly string[];
  readonly sections: readonly GuideSection[];
  readonly cadence: Cadence & { readonly text: string };
  readonly sources: readonly { readonly title: string; readonly url: string }[];
}

/** The milestones of a set-up. */
export const CHECKLIST_ITEMS = [
  'connection-tested',
  'first-user-created',
  'first-user-linked',
  'deactivation-seen',
  'groups-seen',
] as const;

/** A milestone of a set-up. */
export type ChecklistItemId = (typeof CHECKLIST_ITEMS)[number];

/** A guide as it is kept, with what to do about each milestone that does not come. */
export interface WrittenGuide extends SetupGuide {
  readonly advice: Readonly<Record<ChecklistItemId, string>>;
}
