import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-code.ts';
import { createTerminal } from '../terminal/terminal.ts';

/** A context without a process: for describing commands, not for running them. */
export function createPlainContext(): CliContext {
  const nowhere = createTerminal({ write: (_text, done) => (done(), true) }, {});
  return {
    version: '0.0.0',
    environment: {},
    workingDirectory: '/',
    program: { node: 'node', launcher: 'deployguard' },
    stdin: process.stdin,
    stdout: nowhere,
    stderr: nowhere,
    signal: new AbortController().signal,
    exitCode: exitCodes.clean,
  };
}
