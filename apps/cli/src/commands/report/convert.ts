import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples } from '../add-options.ts';
import { addReportOptions, type ReportFlags } from './add-report-options.ts';

export interface ReportConvertFlags extends ReportFlags {
  readonly output?: string;
}

export function addReportConvertCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('convert')
    .summary('write the findings of reports in one shape')
    .description(
      'Writes the findings of reports in one shape, as JSON, one a line. What became of every entry is told; exits with 5 when some could not be read.',
    )
    .argument('<file...>', 'reports, also packed with gzip')
    .option('-o, --output <file>', 'file to write to (default: standard output)');
  addReportOptions(command);
  addExamples(command, [
    ['deployguard report convert trivy.json', 'findings on standard output'],
    ['deployguard report convert *.json -o findings.jsonl', 'of several scanners in one file'],
  ]);
  command.action(async (files: string[], flags: ReportConvertFlags) => {
    const { runReportConvert } = await import('../../report/run-report-convert.ts');
    context.exitCode = await runReportConvert(files, flags, context);
  });
}
