import { archiveFormats } from '@deployguard/contracts/words';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, addConnectionOptions, addExamples, type ServerFlags } from '../add-options.ts';

export interface JobsDownloadFlags extends ServerFlags {
  readonly format: (typeof archiveFormats)[number];
  readonly output?: string;
  readonly force?: boolean;
}

export function addJobsDownloadCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('download')
    .summary('download the cleaned repository')
    .description('Download the cleaned repository, as a zip file or as a bundle that git clones from.')
    .argument('<job>', 'id of the job')
    .addOption(new Option('--format <format>', 'kind of archive').choices(archiveFormats).default('zip'))
    .option('--output <file>', 'where to (default: <job>.cleaned.<format> here)')
    .option('--force', 'replace a file that is there');
  addCommonOptions(addConnectionOptions(command));
  addExamples(command, [['deployguard jobs download <job> --format bundle --output app.bundle && git clone app.bundle', 'look at it']]);
  command.action(async (id: string, flags: JobsDownloadFlags) => {
    const { runJobsDownload } = await import('../../jobs/run-jobs-download.ts');
    context.exitCode = await runJobsDownload(id, flags, context);
  });
}
