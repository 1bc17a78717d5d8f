import { readSettings } from '../../src/host/host-settings.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  SCIM_TOKEN_PEPPERS: 'k1:0123456789abcdef',
  PUBLIC_URL: 'https://app.example',
};

describe('readSettings', () => {
  it('needs no variable at all', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://127.0.0.1:3000',
      databaseUrl: undefined,
      databaseTimeoutMs: 5000,
      dataDirectory: '.data',
      peppers: undefined,
      scimRateLimit: 200,
      removalDays: 0,
      demo: true,
      production: false,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const empty = {
      PORT: '',
      HOST: '',
      PUBLIC_URL: ' ',
      DATABASE_URL: '',
      DATA_DIR: '',
      SCIM_TOKEN_PEPPERS: '',
      TRUST_PROXY: '',
      DEMO: '',
    };
    expect(readSettings(empty)).toEqual(readSettings({}));
  });

  it.each([
    [{ HOST: '0.0.0.0', PORT: '4000' }, 'http://127.0.0.1:4000'],
    [{ HOST: '::1', PORT: '4000' }, 'http://[::1]:4000'],
    [{ HOST: 'localhost', PORT: '4000' }, 'http://localhost:4000'],
    [{ PUBLIC_URL: 'https://app.example.com/' }, 'https://app.example.com'],
  ])('%j is reached under %s', (env, publicUrl) => {
    expect(readSettings(env).publicUrl).toBe(publicUrl);
  });

  it.each([
    ['0', 0],
    ['2', 2],
    ['loopback', ['loopback']],
    [' loopback, 10.0.0.0/8,fd00::/8 , 192.0.2.1', ['loopback', '10.0.0.0/8', 'fd00::/8', '192.0.2.1']],
  ])('takes TRUST_PROXY="%s" as Express does', (text, trustProxy) => {
    expect(readSettings({ TRUST_PROXY: text })).toMatchObject({ trustProxy });
  });

  it.each([
    'true',
    '-1',
    '101',
    'proxy.example',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '10.0.0.0/',
    'fd00::/129',
    'loopback,,1.2.3.4',
  ])('refuses TRUST_PROXY="%s" and says what it may be', (text) => {
    expect(() => readSettings({ TRUST_PROXY: text })).toThrow(`TRUST_PROXY is "${text}"; it may be `);
  });

  it.each([
    [{ PORT: 'abc' }, /PORT is "abc"/],
    [{ PORT: '70000' }, /PORT is "70000"/],
    [{ PORT: '-1' }, /PORT/],
    [{ SCIM_RATE_LIMIT: '1.5' }, /SCIM_RATE_LIMIT/],
    [{ DEMO: 'yes' }, /DEMO is "yes"/],
    [{ PUBLIC_URL: 'app.example.com' }, /PUBLIC_URL/],
    [{ PUBLIC_URL: 'https://app.example.com/path' }, /PUBLIC_URL/],
    [{ PUBLIC_URL: 'ftp://app.example.com' }, /PUBLIC_URL/],
    [{ DATABASE_URL: 'mysql://root:secret@localhost/db' }, /DATABASE_URL must begin with postgres/],
    [{ ...PRODUCTION, SCIM_TOKEN_PEPPERS: undefined }, /SCIM_TOKEN_PEPPERS is needed in production/],
    [{ ...PRODUCTION, PUBLIC_URL: undefined }, /PUBLIC_URL is needed in production/],
  ])('refuses %j and names the variable', (env, message) => {
    expect(() => readSettings(env)).toThrow(message);
  });

  it('repeats no password in an error', () => {
    expect(() => readSettings({ DATABASE_URL: 'mysql://root:secret@localhost/db' })).not.toThrow(/secret/);
  });

  it('has no demo in production mode, whatever DEMO says', () => {
    expect(readSettings({ ...PRODUCTION, DEMO: '1' })).toMatchObject({ demo: false, production: true });
  });
});
