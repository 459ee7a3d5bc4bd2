import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { startProgress } from '../start-progress.ts';
import {
  addCommonOptions,
  addDetectionOptions,
  addExamples,
  addRepositoryOptions,
  type CommonFlags,
  type DetectionFlags,
  type RepositoryFlags,
} from './add-options.ts';

export interface CleanFlags extends CommonFlags, DetectionFlags, RepositoryFlags {
  readonly secretId?: readonly string[];
  readonly all?: boolean;
  readonly interactive?: boolean;
  readonly fromReport?: string;
  readonly replaceText?: string;
  readonly removePath?: readonly string[];
  readonly replacement?: string;
  readonly output?: string;
  readonly inPlace?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly signingKey?: string;
  readonly baseline?: string;
}

export function addCleanCommand(program: Command, context: CliContext): void {
  const command = program
    .command('clean')
    .summary('rewrite history without the selected secrets, and prove it')
    .description(
      'Writes a copy of the repository whose whole history is free of the selected secrets, and a signed proof beside it. The source is not changed. Exits with 5 when something is left: then nothing counts as proven, and it is told where and what to do.',
    );
  addRepositoryOptions(command);
  const selections = ['all', 'interactive', 'secretId', 'fromReport'];
  const selection = (name: string, option: Option): Option => option.conflicts(selections.filter((other) => other !== name));
  command
    .optionsGroup('What to remove (at least one):')
    .addOption(
      selection('secretId', new Option('--secret-id <id...>', 'these secrets; ids are printed by `deployguard scan`, 6 digits are enough')),
    )
    .addOption(selection('all', new Option('--all', 'every secret that a scan finds')))
    .addOption(selection('interactive', new Option('-i, --interactive', 'review them one by one')))
    .addOption(
      selection(
        'fromReport',
        new Option(
          '--from-report <file>',
          'the secrets of a JSON or SARIF report; delete from it what should stay. Reports of gitleaks and trufflehog are taken as well',
        ),
      ),
    )
    .option('--baseline <file>', 'leave alone what a baseline holds; needed when ids come from a scan with it')
    .option('--replace-text <file>', 'further texts to replace, one a line: `text` or `text==>replacement`')
    .option('--remove-path <path...>', 'files, folders (`logs/`) and patterns (`*.pem`) to remove from every commit')
    .optionsGroup('How:')
    .option('--replacement <text>', 'what stands in place of a secret (default: ***REMOVED***)')
    .option(
      '-o, --output <path>',
      'result: a directory, or an archive (.zip, .bundle) (default: <repository>.cleaned.git beside it; where that is taken, <repository>.cleaned-2.git and so on)',
    )
    .addOption(
      new Option('--in-place', 'put the proven result in the place of the repository; keeps the original as a backup').conflicts([
        'output',
        'url',
      ]),
    )
    .option('--dry-run', 'only tell what would change')
    .option(
      '--force',
      'replace what an earlier cleaning left in the place of the result (without --output, <repository>.cleaned.git): a result with its proof, or an empty folder; never anything else',
    )
    .option('--signing-key <file>', 'Ed25519 key in PEM that signs the proof (default: your own, made once)')
    .optionsGroup('Rules:');
  addDetectionOptions(command);
  addCommonOptions(command.optionsGroup('Options:'));
  addExamples(command, [
    ['deployguard clean --interactive', 'review, choose, clean'],
    ['deployguard clean --secret-id 3f2a9c 81b0de', 'two secrets'],
    ['deployguard clean --all --output ../app-clean.git', 'everything, to a place of your choice'],
    ['deployguard clean --all --dry-run', 'what would change'],
    ["deployguard clean --remove-path .env 'certs/*.pem'", 'files, in every commit'],
  ]);
  command.action(async (flags: CleanFlags) => {
    const progress = startProgress(flags, context);
    const { runClean } = await import('../clean/run-clean.ts');
    context.exitCode = await runClean(flags, context, progress);
  });
}
