import { CHECKLIST_ITEMS, type ChecklistItemId, type WrittenGuide } from '../guides/guide.js';
import type { MilestonesRow } from '../persistence/milestone-statements.js';

/** A milestone of the set-up. */
export interface ChecklistItem {
  readonly id: ChecklistItemId;
  readonly title: string;
  readonly done: boolean;
  /** When it was reached first; null: not yet. */
  readonly at: Date | null;
  /** Whether a set-up is complete without it. */
  readonly optional: boolean;
  /** What to do, in words for the recognised identity provider; null where it is done. */
  readonly advice: string | null;
}

/** How far an organization's set-up is. What is ticked stays ticked. */
export interface Checklist {
  readonly items: readonly ChecklistItem[];
}

const ITEMS: Readonly<Record<ChecklistItemId, readonly [title: string, milestone: keyof MilestonesRow]>> = {
  'connection-tested': ['Connection tested', 'testedAt'],
  'first-user-created': ['First user created', 'firstUserAt'],
  'first-user-linked': ['First user linked by a sign-in', 'firstLinkAt'],
  'deactivation-seen': ['A user deactivated or removed', 'firstDeactivationAt'],
  'groups-seen': ['First group pushed', 'firstGroupAt'],
};

export const toChecklist = (milestones: MilestonesRow, { advice }: WrittenGuide): Checklist => ({
  items: CHECKLIST_ITEMS.map((id) => {
    const [title, milestone] = ITEMS[id];
    const at = milestones[milestone];
    return {
      id,
      title,
      done: at !== null,
      at,
      optional: id === 'groups-seen',
      advice: at === null ? advice[id] : null,
    };
  }),
});
