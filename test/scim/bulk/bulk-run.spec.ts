import { BulkRun } from '../../../src/scim/bulk/bulk-run.js';
import { BulkWriter } from '../../../src/scim/bulk/bulk-writer.js';
import { readBulk } from '../../../src/scim/protocol/bulk.js';
import { invalidValue, ScimError } from '../../../src/scim/protocol/scim-error.js';
import { addGroup, addUser } from './bulk-requests.js';

it('blames nobody for a circle whose transaction failed before the turn of the first', async () => {
  const failure = invalidValue('No transaction.');
  const request = readBulk(
    { Operations: [addUser('ada', { userName: 7 }), addGroup('a', ['b']), addGroup('b', ['a'])] },
    9,
  );
  const run = new BulkRun(request, {
    writer: new BulkWriter({ organizationId: 'x', tokenId: 'x', requestId: 'x', onlyRemovals: undefined }, 'https://x'),
    addressOf: ({ endpoint }) => {
      if (endpoint === 'Users') throw failure;
      return { method: 'POST', served: { path: endpoint, endpoint: {} } as never };
    },
    transaction: () => Promise.reject(failure),
    toScimError: (error) => (error instanceof ScimError ? error : failure),
    isLate: () => false,
  });
  await run.process();
  expect(run.outcomes).toEqual([{ error: failure }, { error: failure }, { error: failure }]);
});

it('stops where it has had its time, and says of the rest that it was not done', async () => {
  const request = readBulk({ Operations: ['ada', 'bob', 'cy'].map((name) => addUser(name)) }, 9);
  const times = [false, false, true];
  const run = new BulkRun(request, {
    writer: new BulkWriter({ organizationId: 'x', tokenId: 'x', requestId: 'x', onlyRemovals: undefined }, 'https://x'),
    addressOf: ({ endpoint }) => ({ method: 'POST', served: { path: endpoint, endpoint: {} } as never }),
    transaction: () => Promise.reject(new Error('There is no circle.')),
    toScimError: () => invalidValue('It was tried.'),
    isLate: () => times.shift() ?? true,
  });
  await run.process();
  expect(run.outcomes).toMatchObject([{ error: { status: 400 } }, { error: { status: 400 } }, undefined]);
  if (run.unavailable) run.giveUp(run.unavailable);
  expect(run.outcomes[2]).toMatchObject({ error: { status: 503 } });
});
