import { severities, type Severity } from '@deployguard/findings';
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

const scanFormats = ['table', 'csv', 'html', 'json', 'jsonl', 'junit', 'sarif'] as const;

export interface ScanFlags extends CommonFlags, DetectionFlags, RepositoryFlags {
  readonly since?: string;
  readonly range?: string;
  readonly staged?: boolean;
  readonly workingTree?: boolean;
  readonly unreachable?: boolean;
  readonly format: (typeof scanFormats)[number];
  readonly output?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly minSeverity?: Severity;
  readonly redact?: boolean;
  readonly show?: boolean;
  readonly explain?: boolean;
}

export function addScanCommand(program: Command, context: CliContext): void {
  const command = program
    .command('scan')
    .summary('find secrets in a repository')
    .description(
      'Finds secrets in every object of the whole history: files, messages, names, notes, stashes, of every branch and tag. Exits with 1 when it finds any.',
    );
  addRepositoryOptions(command);
  const scopes = ['since', 'range', 'staged', 'workingTree'];
  const scope = (name: string, option: Option): Option => option.conflicts(scopes.filter((other) => other !== name));
  command
    .optionsGroup('What to scan (default: all history):')
    .addOption(
      scope(
        'since',
        new Option('--since <commit or date>', 'only commits after this one, or newer than the date (2026-01-31, 2.weeks.ago)'),
      ),
    )
    .addOption(scope('range', new Option('--range <a..b>', 'only commits reachable from b and not from a')))
    .addOption(scope('staged', new Option('--staged', 'only what the next commit would add')))
    .addOption(scope('workingTree', new Option('--working-tree', 'only files of the work tree, ignored ones left out')))
    .addOption(new Option('--unreachable', 'also objects that no branch or tag holds any more').conflicts(scopes))
    .optionsGroup('How to report:')
    .addOption(new Option('--format <format>', 'how to write the result').choices(scanFormats).default('table'))
    .option('-o, --output <file>', 'write the result to a file, readable by you alone')
    .option('--baseline <file>', 'leave out what a baseline file (--write-baseline) or an earlier JSON report holds')
    .addOption(new Option('--write-baseline <file>', 'accept the present findings: write them to a baseline file').conflicts('baseline'))
    .addOption(new Option('--min-severity <severity>', 'leave out lesser findings').choices(severities))
    .addOption(new Option('--redact', 'not even the first and last characters of a secret').conflicts('show'))
    .option('--show', 'print secrets in full')
    .option('--explain', 'also list what was recognised and then dropped, with the reason')
    .optionsGroup('Rules:');
  addDetectionOptions(command);
  addCommonOptions(command.optionsGroup('Options:'));
  addExamples(command, [
    ['deployguard scan', 'the repository in this folder, all history'],
    ['deployguard scan --url https://github.com/octo/app.git', 'a remote repository'],
    ['deployguard scan --format sarif --output secrets.sarif', 'for code scanning'],
    ['deployguard scan --staged', 'before a commit'],
    ['deployguard scan --range origin/main..HEAD', 'the commits of a branch'],
  ]);
  command.action(async (flags: ScanFlags) => {
    const progress = startProgress(flags, context);
    const { openSource } = await import('../source/open-source.ts');
    // Git answers while the rules are loaded.
    const opening = openSource(flags, context, progress);
    opening.catch(() => undefined);
    const { runScan } = await import('../scan/run-scan.ts');
    context.exitCode = await runScan(opening, flags, context, progress);
  });
}
