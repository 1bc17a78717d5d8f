import { openText, sealingKeys, sealText } from '../../../src/scim/tokens/sealed-text.js';
import { readPeppers } from '../../../src/scim/tokens/token.js';

const OLD = `old:${'o'.repeat(32)}`;
const NEW = `new:${'n'.repeat(32)}`;
const keysOf = (peppers: string, purpose = 'test'): readonly Buffer[] => sealingKeys(readPeppers(peppers), purpose);

describe('a sealed text', () => {
  const sealed = sealText('what was said', 'here', keysOf(OLD));

  it('opens in its context with the key that sealed it, wherever in the ring that is', () => {
    expect(openText(sealed, 'here', keysOf(OLD))).toBe('what was said');
    expect(openText(sealed, 'here', keysOf(`${NEW},${OLD}`))).toBe('what was said');
    expect(openText(sealText('ä😀\u0000', '', keysOf(NEW)), '', keysOf(NEW))).toBe('ä😀\u0000');
  });

  it('is sealed with the first key', () => {
    const second = sealText('what was said', 'here', keysOf(`${NEW},${OLD}`));
    expect(openText(second, 'here', keysOf(NEW))).toBe('what was said');
    expect(openText(second, 'here', keysOf(OLD))).toBeUndefined();
  });

  it('does not open in another context, for another purpose, or with other keys', () => {
    expect(openText(sealed, 'there', keysOf(OLD))).toBeUndefined();
    expect(openText(sealed, 'here', keysOf(OLD, 'another'))).toBeUndefined();
    expect(openText(sealed, 'here', keysOf(NEW))).toBeUndefined();
    expect(openText(sealed, 'here', [])).toBeUndefined();
  });

  it('without peppers opens in its process only', () => {
    const keys = sealingKeys([], 'test');
    expect(openText(sealText('x', '', keys), '', keys)).toBe('x');
    expect(openText(sealText('x', '', keys), '', sealingKeys([], 'test'))).toBeUndefined();
  });

  it('does not open with any bit of it turned', () => {
    const bytes = Buffer.from(sealed, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = Buffer.from(bytes);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openText(turned.toString('base64url'), 'here', keysOf(OLD))).toBeUndefined();
    }
  });

  it.each(['', 'A', 'x'.repeat(37), `${sealed}=`, ` ${sealed}`, sealed.replaceAll('-', '+'), `${sealed}AAAA`])(
    'is not %.50s',
    (text) => {
      // A seal without a dash is the same with plus signs.
      if (text !== sealed) expect(openText(text, 'here', keysOf(OLD))).toBeUndefined();
    },
  );

  it('is another one each time', () => {
    expect(sealText('what was said', 'here', keysOf(OLD))).not.toBe(sealed);
  });
});
