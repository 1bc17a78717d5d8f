import { printable, printableJson } from '../../../src/host/cli/printable.js';
import { toFields, toTable } from '../../../src/host/cli/table.js';

const HOSTILE = [
  ['an escape sequence', '\u001b[2J', '\\u001b[2J'],
  ['the same in one character', 'a\u009b2Jb', 'a\\u009b2Jb'],
  ['a title of the window', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
  ['another line', 'a\r\nerror: b', 'a\\u000d\\u000aerror: b'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ['a tab and a DEL', 'a\tb\u007f', 'a\\u0009b\\u007f'],
  ['text that runs the other way', 'a\u202etxt.exe', 'a\\u202etxt.exe'],
  ['what has no width', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
  ['a tag of two units', '\u{e0041}', '\\udb40\\udc41'],
  ['half a character', 'a\ud800b', 'a\\ud800b'],
] as const;

describe('a text of a stranger', () => {
  it.each(HOSTILE)('is shown and not obeyed where it is %s', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it.each(HOSTILE)('is harmless in JSON, and means the same, where it is %s', (_what, text) => {
    const json = printableJson({ [text]: [text] });
    expect(json).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(json)).toEqual({ [text]: [text] });
  });

  it('stays as it is where it is harmless', () => {
    expect(printable('Zoë Łęcka "x" 名前 😀 •••')).toBe('Zoë Łęcka "x" 名前 😀 •••');
  });
});

describe('a table', () => {
  it('keeps its columns, whatever stands in them', () => {
    const rows = [
      ['a\nb', 7, new Date('2026-01-31T12:00:00.999Z')],
      ['😀', null, undefined],
    ];
    expect(toTable(['NAME', 'N', 'WHEN'], rows)).toBe(
      [
        'NAME      N  WHEN', //
        'a\\u000ab  7  2026-01-31 12:00:00Z',
        '😀         -  -',
      ].join('\n'),
    );
  });

  it('of one thing leaves out what is not known', () => {
    expect(toFields({ id: 'x', name: null, since: undefined, 'user name': 'a\u001bb' })).toBe(
      'id         x\nuser name  a\\u001bb',
    );
  });
});
