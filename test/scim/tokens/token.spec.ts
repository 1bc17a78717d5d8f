import { crc32 } from 'node:zlib';
import {
  equalHashes,
  generateToken,
  hashToken,
  hintOf,
  isScimToken,
  publicIdOf,
  readPeppers,
  readPrefix,
} from '../../../src/scim/tokens/token.js';

const { secret: known } = generateToken('scim');

describe('generateToken', () => {
  it('never makes the same twice, nor one that scanners would miss', () => {
    const tokens = Array.from({ length: 10_000 }, () => generateToken('scim'));
    for (const { secret, publicId } of tokens) {
      expect(secret).toMatch(/^scim_[0-9A-Za-z]{13}_[0-9A-Za-z]{49}$/);
      if (publicIdOf(secret) !== publicId) throw new Error('A token that is not its own.');
    }
    expect(new Set(tokens.map(({ publicId }) => publicId)).size).toBe(10_000);
    expect(new Set(tokens.map(({ secret }) => secret.slice(19))).size).toBe(10_000);
  });

  it('uses every letter in every place', () => {
    const secrets = Array.from({ length: 2000 }, () => generateToken('scim').secret.slice(19, -6));
    // The first letter of 256 bits in base 62 is a small one; of the others each is as likely as the next.
    for (let place = 1; place < 43; place += 1) {
      const letters = new Set(secrets.map((secret) => secret[place]));
      expect(letters.size).toBe(62);
    }
  });

  it('ends in the CRC-32 of all before it, in base 62', () => {
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const checksum = Array.from(known.slice(-6)).reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
    expect(checksum).toBe(crc32(known.slice(0, -6)));
  });

  it.each(['scim', 'acme_scim', 'a_b_c', 'x', '9lives'])('takes the prefix %s', (prefix) => {
    const { secret, publicId } = generateToken(prefix);
    expect(secret.startsWith(`${prefix}_${publicId}_`)).toBe(true);
    expect(publicIdOf(secret)).toBe(publicId);
    expect(hintOf(secret)).toBe(`${prefix}_${publicId}_…${secret.slice(-4)}`);
  });
});

describe('publicIdOf', () => {
  const changed = known.endsWith('0') ? `${known.slice(0, -1)}1` : `${known.slice(0, -1)}0`;

  it.each([
    ['nothing', ''],
    ['a word', 'null'],
    ['a JSON web token', 'eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo'],
    ['a changed checksum', changed],
    ['a changed secret', known.replace(/.{7}$/, (end) => (end.startsWith('a') ? 'b' : 'a') + end.slice(1))],
    ['another prefix', known.replace('scim', 'scam')],
    ['no prefix', known.slice(5)],
    ['other letters', known.toUpperCase()],
    ['a character less', known.slice(0, -1)],
    ['a character more', `${known}0`],
    ['a space before', ` ${known}`],
    ['a line break after', `${known}\n`],
    ['a NUL after', `${known}\0`],
    ['two of them', `${known}${known}`],
    ['a dash', known.replace(/_/g, '-')],
    ['letters of another script', known.replace(/.$/, '\u0430')],
    ['a megabyte', 'a'.repeat(2 ** 20)],
    ['a megabyte of underscores', `scim${'_'.repeat(2 ** 20)}`],
  ])('knows %s for junk', (_what, text) => {
    expect(publicIdOf(text)).toBeUndefined();
  });
});

describe('isScimToken', () => {
  it('knows every token by its form and checksum, and asks nobody', () => {
    for (const prefix of ['scim', 'acme_scim', 'a_b_c']) {
      const { secret } = generateToken(prefix);
      expect(isScimToken(secret)).toBe(true);
      expect(isScimToken(secret, prefix)).toBe(true);
      expect(isScimToken(secret, 'other')).toBe(false);
    }
  });

  it('takes none of 10,000 look-alikes for one', () => {
    const taken = Array.from({ length: 10_000 }, () => generateToken('scim').secret)
      .map((secret) => secret.slice(0, -6) + secret.slice(-5) + secret.slice(-6, -5))
      .filter((text) => isScimToken(text));
    // Those whose checksum reads the same when it is turned, as one in 62 to the fifth does.
    expect(taken).toEqual([]);
  });

  it('tells prefixes apart that begin alike', () => {
    const { secret } = generateToken('scim_test');
    expect(isScimToken(secret, 'scim')).toBe(false);
    expect(isScimToken(`see ${secret}`)).toBe(false);
    expect(isScimToken('')).toBe(false);
  });
});

describe('hintOf', () => {
  it('shows the public id and the last four letters, nothing else of the secret', () => {
    expect(hintOf(known)).toBe(`${known.slice(0, 19)}…${known.slice(-4)}`);
  });
});

describe('hashToken', () => {
  const pepper = { keyId: 'a', key: '0123456789abcdef' };

  it('depends on the pepper and on every letter', () => {
    const hashes = [
      hashToken(known, undefined),
      hashToken(known, pepper),
      hashToken(known, { ...pepper, key: '0123456789abcdeF' }),
      hashToken(`${known}0`, pepper),
    ];
    expect(new Set(hashes.map(String)).size).toBe(4);
    for (const hash of hashes) expect(hash).toHaveLength(32);
    expect(hashToken(known, pepper)).toEqual(hashes[1]);
  });

  it.each([
    ['the same', Buffer.from('abc'), Buffer.from('abc'), true],
    ['others', Buffer.from('abc'), Buffer.from('abd'), false],
    ['shorter ones', Buffer.from('abc'), Buffer.from('ab'), false],
    ['none', Buffer.from('abc'), Buffer.alloc(0), false],
  ])('is compared with %s', (_what, left, right, equal) => {
    expect(equalHashes(left, right)).toBe(equal);
  });
});

describe('readPeppers', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['  ', []],
    ['k1:0123456789abcdef', [['k1', '0123456789abcdef']]],
    [
      ' k2:fedcba9876543210 , k1:0123456789abcdef ',
      [
        ['k2', 'fedcba9876543210'],
        ['k1', '0123456789abcdef'],
      ],
    ],
    ['k1:0123456789:abcdef', [['k1', '0123456789:abcdef']]],
  ])('reads %j', (text, expected) => {
    expect(readPeppers(text).map(({ keyId, key }) => [keyId, key])).toEqual(expected);
  });

  it.each([
    'k1',
    'k1:',
    'k1:short',
    ':0123456789abcdef',
    'k1:0123456789abcdef,',
    ',',
    'k1:0123456789abcdef,k1:fedcba9876543210',
  ])('refuses %j, without repeating it', (text) => {
    expect(() => readPeppers(text)).toThrow('tokens.peppers');
    expect(() => readPeppers(text)).not.toThrow('0123456789');
  });
});

describe('readPrefix', () => {
  it.each([
    [undefined, 'scim'],
    ['acme_scim', 'acme_scim'],
    ['a'.repeat(32), 'a'.repeat(32)],
  ])('takes %s', (text, prefix) => {
    expect(readPrefix(text)).toBe(prefix);
    expect(publicIdOf(generateToken(prefix).secret)).toBeDefined();
  });

  it.each(['', '_scim', 'acme-scim', 'acme scim', 'a'.repeat(33), 'scim\n', '\u0430'])('refuses %j', (text) => {
    expect(() => readPrefix(text)).toThrow('tokens.prefix');
  });
});
