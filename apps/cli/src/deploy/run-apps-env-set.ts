import { isUtf8 } from 'node:buffer';
import { buffer } from 'node:stream/consumers';
import { operations } from '@deployguard/contracts';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { AppsEnvSetFlags } from '../commands/apps/env/set.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { describeRestart } from './describe-restart.ts';
import { getApplication } from './find-application.ts';

export async function runAppsEnvSet(
  app: string,
  variables: readonly string[],
  flags: AppsEnvSetFlags,
  context: CliContext,
): Promise<ExitCode> {
  const set = await readVariables(variables, flags, context);
  const client = await openClient(flags, context);
  const application = await getApplication(client, app);
  const env = await client.call(operations.setApplicationEnv, { params: { id: application.id }, body: { set } });
  await printAnswer(env, flags, context, () => '');
  const isNews = env.items.some(({ name, is_in_use: isInUse }) => name in set && !isInUse);
  const hint = isNews ? 'The next deployment has it.' : 'It is what runs already.';
  if (!flags.quiet && !flags.json) await context.stderr.write(`Set. ${hint}${isNews ? describeRestart(application) : ''}\n`);
  return exitCodes.clean;
}

async function readVariables(
  variables: readonly string[],
  { allowEmpty = false }: AppsEnvSetFlags,
  { stdin }: CliContext,
): Promise<Record<string, string>> {
  const set: Record<string, string> = {};
  const unnamed = variables.filter((variable) => !variable.includes('='));
  if (unnamed.length > 1)
    throw new CliError('USAGE', `Only one value can be read from standard input, not those of ${unnamed.join(', ')}.`);
  for (const variable of variables) {
    const at = variable.indexOf('=');
    const name = at === -1 ? variable : variable.slice(0, at);
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) throw new CliError('USAGE', `"${name}" is no name of a variable.`);
    if (Object.hasOwn(set, name)) throw new CliError('USAGE', `${name} is given twice.`);
    set[name] = at === -1 ? await readValue(name, stdin) : variable.slice(at + 1);
    // `NAME=` says so itself; an empty input is more often a command that failed.
    if (at === -1 && set[name] === '' && !allowEmpty)
      throw new CliError('USAGE', `Standard input holds no value for ${name}. With --allow-empty it is set to nothing.`);
  }
  return set;
}

/** Bytes that are no text would arrive as other characters, and nobody sees the value again. */
async function readValue(name: string, stdin: CliContext['stdin']): Promise<string> {
  const content = await buffer(stdin);
  if (!isUtf8(content)) throw new CliError('USAGE', `The value of ${name} is not UTF-8. Binary values are given as base64, for one.`);
  return new TextDecoder().decode(content).replace(/\r?\n$/, '');
}
