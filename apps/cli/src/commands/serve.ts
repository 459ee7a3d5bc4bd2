import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples } from './add-options.ts';
import { addPartOptions } from './service-part.ts';

export function addServeCommand(program: Command, context: CliContext): void {
  const command = program
    .command('serve')
    .summary('run the whole service in this process')
    .description(
      'Run the whole service in this process: API, worker and scheduler. Without settings it needs nothing else: a private PostgreSQL and all files are in the data directory, and it listens on this machine only. Ends within 25 seconds after SIGTERM or Ctrl-C; what was not done is done after the next start.',
    );
  addPartOptions(command, 'serve', context);
  addExamples(command, [
    ['deployguard serve', 'on http://127.0.0.1:8000, data in your home directory'],
    ['DEPLOYGUARD_DATA_DIRECTORY=/srv/deployguard PORT=9000 deployguard serve', 'elsewhere'],
  ]);
}
