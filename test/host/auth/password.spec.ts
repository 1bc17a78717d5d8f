import { hashPassword, verifyPassword } from '../../../src/host/auth/password.js';

describe('passwords', () => {
  it('are salted, and verified against what was stored', async () => {
    const [one, other] = await Promise.all([hashPassword('correct'), hashPassword('correct')]);
    expect(one).not.toBe(other);
    expect(one).not.toContain('correct');
    await expect(verifyPassword('correct', one)).resolves.toBe(true);
    await expect(verifyPassword('wrong', one)).resolves.toBe(false);
  });

  it.each([null, undefined, '', 'junk', ':'])('never match a stored %j', async (stored) => {
    await expect(verifyPassword('', stored)).resolves.toBe(false);
    await expect(verifyPassword('demo', stored)).resolves.toBe(false);
  });
});
