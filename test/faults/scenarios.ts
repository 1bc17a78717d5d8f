import type { Scenario } from './scenario.js';
import { backlog } from './scenarios/backlog.js';
import { concurrentPatches } from './scenarios/concurrent-patches.js';
import { freezeDatabase } from './scenarios/freeze-database.js';
import { groupWriters } from './scenarios/group-writers.js';
import { killApp } from './scenarios/kill-app.js';
import { killConsumer } from './scenarios/kill-consumer.js';
import { lateCommits } from './scenarios/late-commits.js';
import { lostReplies } from './scenarios/lost-replies.js';
import { poison } from './scenarios/poison.js';
import { stopDatabase } from './scenarios/stop-database.js';

/** In the order they run: in the quick form the first ones need no other process, and the others' load meanwhile. */
export const scenarios: readonly Scenario[] = [
  lostReplies,
  concurrentPatches,
  groupWriters,
  poison,
  backlog,
  lateCommits,
  freezeDatabase,
  stopDatabase,
  killConsumer,
  killApp,
];
