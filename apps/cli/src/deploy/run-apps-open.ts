import { spawn } from 'node:child_process';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { getApplication } from './find-application.ts';

export async function runAppsOpen(app: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const application = await getApplication(client, app);
  if (application.current_deployment_id === null)
    throw new CliError('NOTHING_DEPLOYED', `Nothing of ${app} is deployed: its address leads nowhere yet.`);
  await printAnswer(application, flags, context, () => `${application.url}\n`);
  if (context.stdout.isInteractive && !flags.json) openInBrowser(application.url);
  return exitCodes.clean;
}

/** Where there is no browser, the printed address must do. */
function openInBrowser(url: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(program, [url], { detached: true, stdio: 'ignore' })
    .on('error', () => {})
    .unref();
}
