import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, addExamples, type CommonFlags } from '../add-options.ts';

const decisions = ['false-positive', 'accepted', 'fixed', 'open'] as const;

export interface ReportTriageFlags extends CommonFlags {
  readonly as: (typeof decisions)[number];
  readonly owner?: string;
  readonly reason?: string;
  readonly until?: string;
}

export function addReportTriageCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('triage')
    .summary('decide about a finding of a baseline')
    .description('Writes a decision about a finding into a baseline. It stays when the finding is reported again.')
    .argument('<baseline-file>', 'written by `report diff --write-baseline`')
    .argument('<fingerprint>', 'of the finding, or its beginning')
    .addOption(new Option('--as <decision>', 'what it is; `open` takes a decision back').choices(decisions).makeOptionMandatory())
    .option('--owner <name>', 'who answers for the decision')
    .option('--reason <text>', 'why')
    .addOption(new Option('--until <day>', 'an accepted finding counts again after this day (2026-12-31)').argParser(parseDay));
  addCommonOptions(command);
  addExamples(command, [
    [
      'deployguard report triage findings.baseline.json 3f2a9c1b --as accepted --owner jane --reason "not reachable" --until 2026-12-31',
      '',
    ],
  ]);
  command.action(async (file: string, fingerprint: string, flags: ReportTriageFlags) => {
    const { runReportTriage } = await import('../../report/run-report-triage.ts');
    context.exitCode = await runReportTriage(file, fingerprint, flags, context);
  });
}

function parseDay(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError('It must be a day such as 2026-12-31.');
  return text;
}
