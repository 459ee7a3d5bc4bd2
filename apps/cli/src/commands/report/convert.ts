import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples } from '../add-options.ts';
import { addFindingFormatOptions, addReportOptions, type FindingFormatFlags, type ReportFlags } from './add-report-options.ts';

export interface ReportConvertFlags extends ReportFlags, FindingFormatFlags {}

export function addReportConvertCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('convert')
    .summary('write the findings of reports in one shape')
    .description(
      'Writes the findings of reports in one shape, or in a format that other tools read. What became of every entry is told; exits with 5 when some could not be read.',
    )
    .argument('<file...>', 'reports, also packed with gzip or ZIP');
  addReportOptions(addFindingFormatOptions(command, 'jsonl'));
  addExamples(command, [
    ['deployguard report convert trivy.json', 'findings on standard output, as JSON, one a line'],
    ['deployguard report convert *.json -o findings.jsonl', 'of several scanners in one file'],
    ['deployguard report convert trivy.json --format html -o findings.html', 'to read'],
    ['deployguard report convert trivy.json --format gitlab --kind vulnerability', 'for GitLab'],
  ]);
  command.action(async (files: string[], flags: ReportConvertFlags) => {
    const { runReportConvert } = await import('../../report/run-report-convert.ts');
    context.exitCode = await runReportConvert(files, flags, context);
  });
}
