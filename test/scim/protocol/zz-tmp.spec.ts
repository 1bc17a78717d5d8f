import { applyPatch } from '../../../src/scim/protocol/apply-patch.js';
import { readPatch } from '../../../src/scim/protocol/read-patch.js';
import { readResource } from '../../../src/scim/protocol/read-resource.js';
import { userResourceType, groupResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
it('x', () => {
  const emails = Array.from({ length: 1000 }, (_, i) => ({ value: `${i}@x`, type: 'work' }));
  const u = readResource({ userName: 'a', emails }, userResourceType);
  const time = (name: string, rt: any, cur: any, ops: any[]) => { const t = performance.now(); applyPatch(cur, readPatch({ Operations: ops }, rt), rt, 'x'); console.log(name, Math.round(performance.now() - t)); };
  const rep = (op: any) => Array.from({ length: 1000 }, () => op);
  time('add same', userResourceType, u, rep({ op: 'add', path: 'emails', value: { value: '5@x', type: 'work' } }));
  time('filter', userResourceType, u, rep({ op: 'replace', path: 'emails[value eq "5@x" or value eq "6@x"].display', value: 'x' }));
  time('all', userResourceType, u, rep({ op: 'replace', path: 'emails.display', value: 'x' }));
  time('remove', userResourceType, u, rep({ op: 'remove', path: 'emails', value: [{ value: 'zz' }, {type: 'q'}] }));
  const f = Array.from({ length: 90 }, (_, i) => `value eq "${i}z"`).join(' or ');
  time('wide', userResourceType, u, rep({ op: 'remove', path: `emails[${f}]` }));
  const g = readResource({ displayName: 'g', members: Array.from({ length: 10000 }, (_, i) => ({ value: `m${i}` })) }, groupResourceType);
  time('members', groupResourceType, g, Array.from({ length: 1000 }, (_, i) => ({ op: 'add', path: 'members', value: [{ value: `n${i}` }] })));
  for (const s of [{ userName: 'x', emails, name: { givenName: 'A', familyName: 'B' } }]) { const t = performance.now(); for (let i = 0; i < 1000; i++) readResource({ ...s, emails: emails.slice(0, 2) }, userResourceType); console.log('1000 reads', Math.round(performance.now() - t)); }
}, 120000);
