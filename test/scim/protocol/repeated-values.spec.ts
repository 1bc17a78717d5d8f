import { patched } from './patching.js';

// RFC 7643 §2.4: a service provider "SHOULD NOT return the same (type, value) combination more than once per attribute".
// Found by patch-model.spec.ts: two equal values, and an `add` that met the other one of them.
describe('values that a PATCH makes the same', () => {
  const emails = [
    { value: 'a@x', type: 'work', display: 'a' },
    { value: 'b@x', type: 'work', primary: true },
    { value: 'c@x', type: 'home' },
  ];
  const user = { userName: 'ada', active: true, emails };

  it.each([
    [
      'by a sub-attribute of all matches',
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'w@x' },
      [{ value: 'w@x', type: 'work', display: 'a', primary: true }, emails[2]],
    ],
    [
      'as one that does not match has it, in other letters',
      { op: 'replace', path: 'emails[value eq "c@x"]', value: { value: 'A@x', type: 'Work', display: 'new' } },
      [{ value: 'a@x', type: 'work', display: 'new' }, emails[1]],
    ],
    [
      'as a later one that does not match has it',
      { op: 'add', path: 'emails[display eq "a"]', value: { value: 'c@x', type: 'home', primary: true } },
      [
        { value: 'c@x', type: 'home', display: 'a', primary: true },
        { ...emails[1], primary: false },
      ],
    ],
    [
      'by replacing each match',
      { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'w@x' } },
      [{ value: 'w@x', type: 'work' }, emails[2]],
    ],
    [
      'by creating one that is there already',
      { op: 'add', path: 'emails[type eq "home" and display eq "d"].value', value: 'c@x' },
      [emails[0], emails[1], { ...emails[2], display: 'd' }],
    ],
  ])('%s become one', (_how, operation, expected) => {
    expect(patched(user, [operation])).toEqual({ ...user, emails: expected });
  });

  it('meet a later operation as one', () => {
    const operations = [
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'w@x' },
      { op: 'add', path: 'emails', value: [{ value: 'w@x', type: 'work', display: 'W' }] },
      { op: 'remove', path: 'emails[type eq "home"]' },
    ];
    expect(patched(user, operations)).toEqual({
      ...user,
      emails: [{ value: 'w@x', type: 'work', display: 'W', primary: true }],
    });
  });
});
