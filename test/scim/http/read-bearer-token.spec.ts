import { readBearerToken } from '../../../src/scim/http/read-bearer-token.js';
import { generateToken } from '../../../src/scim/tokens/token.js';

const { secret } = generateToken('scim');

describe('readBearerToken', () => {
  it.each([
    ['the usual header', `Bearer ${secret}`],
    ['a lower-case scheme', `bearer ${secret}`],
    ['an upper-case scheme', `BEARER ${secret}`],
    ['a token of ours without a scheme', secret],
  ])('takes the token of %s', (_what, header) => {
    expect(readBearerToken(header)).toBe(secret);
  });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['the scheme alone', 'Bearer'],
    ['the scheme and a space', 'Bearer '],
    ['two spaces after the scheme', `Bearer  ${secret}`],
    ['a tab after the scheme', `Bearer\t${secret}`],
    ['a colon after the scheme', `Bearer: ${secret}`],
    ['no space after the scheme', `Bearer${secret}`],
    ['a leading space', ` Bearer ${secret}`],
    ['a trailing space', `Bearer ${secret} `],
    ['a trailing comma', `Bearer ${secret},`],
    ['two tokens', `Bearer ${secret} ${secret}`],
    ['two headers joined by a proxy', `Bearer ${secret}, Bearer ${secret}`],
    ['a line break', `Bearer ${secret}\n`],
    ['another scheme', `Basic ${secret}`],
    ['a scheme twice', `Bearer Bearer ${secret}`],
    ['a bare word', 'non-token'],
    ['a bare token with a space', `${secret} `],
    ['a bare token with a wrong checksum', secret.slice(0, -1) + (secret.endsWith('0') ? '1' : '0')],
    ['a bare token cut short', secret.slice(0, -6)],
    ['a quoted token of ours', `"${secret}"`],
  ])('finds no token in %s', (_what, header) => {
    expect(readBearerToken(header)).toBeUndefined();
  });

  it('leaves it to the look-up whether a token after the scheme is one of ours', () => {
    expect(readBearerToken('Bearer null')).toBe('null');
  });
});
