import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { parse } from 'node:path';

/** The account that the PostgreSQL programs run under when this process is root, which they refuse to be. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

export interface ProgramResult {
  readonly succeeded: boolean;
  /** What the program printed, standard output before standard error. */
  readonly output: string;
}

/**
 * Finds the account for the PostgreSQL programs.
 * @param existingData a data folder of an earlier run, whose owner is kept, because the server accepts no other.
 * @returns undefined when this process is an ordinary user and the programs run as that user.
 */
export async function findServerAccount(existingData: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(existingData).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const account = findInPasswd(users, 'postgres') ?? findInPasswd(users, 'nobody');
  if (account) return account;
  throw new Error(
    'PostgreSQL refuses to run as root, and this machine has neither a "postgres" nor a "nobody" user to run it as. ' +
      'Start as an ordinary user, or set DATABASE_URL to a server of your own.',
  );
}

/** Runs a program to its end, without the PG* variables of this process, which would change what it does. */
export function runProgram(
  file: string,
  args: readonly string[],
  account: ServerAccount | undefined,
): Promise<ProgramResult> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  const options = {
    // The current folder may be closed to the other account, and initdb insists on entering it.
    cwd: parse(file).root || '/',
    env: { ...Object.fromEntries(own), LC_ALL: 'C' },
    ...account,
  };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      const reason = error && 'code' in error && typeof error.code === 'string' ? `${file}: ${error.code}\n` : '';
      resolve({ succeeded: error === null, output: `${stdout}${stderr}${reason}` });
    });
  });
}

/** Whether the account can enter the folder; a home folder of mode 0700 on the way stops it. */
export async function canEnter(folder: string, account: ServerAccount | undefined): Promise<boolean> {
  if (!account) return true;
  return (await runProgram('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], account)).succeeded;
}

function findInPasswd(users: string, name: string): ServerAccount | undefined {
  const fields = users
    .split('\n')
    .map((line) => line.split(':'))
    .find((line) => line[0] === name);
  if (!fields) return undefined;
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}
