import { Command, CommanderError } from 'commander';
import { isScimToken, ScimError } from '../../scim/index.js';
import { addEventCommands } from './event-commands.js';
import { addIdentityCommands } from './identity-commands.js';
import { addLogCommands } from './log-commands.js';
import { printable } from './printable.js';
import { addTokenCommands } from './token-commands.js';

/** 0 done, 1 failed, 2 not understood. */
export type ExitCode = 0 | 1 | 2;

/** Runs the command that the arguments name. What goes wrong is told on stderr. @param stop ends a command that waits for more. */
export async function runCommand(args: readonly string[], stop: AbortSignal): Promise<ExitCode> {
  try {
    await makeProgram(stop).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said already what it found out by itself.
    const isTold = error instanceof CommanderError && error.code.startsWith('commander.');
    if (!isTold) complain(`error: ${printable(explain(error))}`);
    return codeOf(error);
  }
}

function makeProgram(stop: AbortSignal): Command {
  const program = new Command('npm run scim --')
    .description('Looks after SCIM provisioning from the command line, whether the host runs or not.')
    .configureHelp({ showGlobalOptions: true })
    // Inherited by every command that is added below.
    .configureOutput({ outputError: complain })
    .exitOverride();
  addTokenCommands(program);
  addIdentityCommands(program);
  addLogCommands(program, stop);
  addEventCommands(program);
  return program;
}

/** Without the secret that somebody gave for an id: what stands on stderr is kept by others. */
function complain(text: string): void {
  const hidden = text.trimEnd().replaceAll(/\w+/g, (word) => (isScimToken(word) ? '•••' : word));
  // Of more than one line are only our own texts, such as what somebody may have meant.
  process.stderr.write(`${hidden.split('\n').map(printable).join('\n')}\n`);
}

function codeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof ScimError && error.status === 400 ? 2 : 1;
}

function explain(error: unknown): string {
  switch (causeOf(error)) {
    case 'ECONNREFUSED':
      return 'Nothing answers at DATABASE_URL.';
    // A table or a column that is not there.
    case '42P01':
    case '42703':
      return 'The database lacks what this release needs: start the host once, which brings it up to date.';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** What the operating system or the database calls it. */
const causeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
