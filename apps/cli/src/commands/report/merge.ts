import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples } from '../add-options.ts';
import { addFindingFormatOptions, addReportOptions } from './add-report-options.ts';
import type { ReportConvertFlags } from './convert.ts';

export function addReportMergeCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('merge')
    .summary('write each problem of several reports once')
    .description(
      'Writes the findings of several reports, each problem once: what several scanners report is one finding that names them all. Exits with 5 when some could not be read.',
    )
    .argument('<file...>', 'reports of the same state of a project, also packed with gzip or ZIP');
  addReportOptions(addFindingFormatOptions(command, 'json'));
  addExamples(command, [
    ['deployguard report merge trivy.json grype.json -o findings.json', 'one file, which all commands read'],
    ['deployguard report merge *.json --format sarif -o findings.sarif', 'for code scanning'],
  ]);
  command.action(async (files: string[], flags: ReportConvertFlags) => {
    const { runReportMerge } = await import('../../report/run-report-merge.ts');
    context.exitCode = await runReportMerge(files, flags, context);
  });
}
