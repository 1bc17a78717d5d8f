import { bind } from 'jest-each';

const LIMIT_MS = 30_000;

// Kept, because a test may put a clock of its own in their place.
const { setTimeout, clearTimeout } = globalThis;

/** The runner knows no time limits: without one, a test that waits for ever would hold up the whole run. */
function within(ms, work) {
  return async () => {
    let timer;
    const late = new Promise((_resolve, reject) => {
      const error = new Error(`It took longer than ${ms / 1000} s.`);
      timer = setTimeout(() => reject(error), ms);
    });
    try {
      await Promise.race([work(), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function limited(declare) {
  const declareLimited = (name, work, ms = LIMIT_MS) => declare(name, work && within(ms, work));
  return Object.assign(declareLimited, { each: bind(declareLimited, false) });
}

const { it } = globalThis;
globalThis.it = Object.assign(limited(it), { only: limited(it.only), skip: limited(it.skip), todo: it.todo });
globalThis.test = globalThis.it;
for (const name of ['beforeAll', 'beforeEach', 'afterAll', 'afterEach']) {
  const declare = globalThis[name];
  globalThis[name] = (work, ms = LIMIT_MS) => declare(within(ms, work));
}
