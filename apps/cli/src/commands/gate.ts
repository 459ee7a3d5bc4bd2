import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples } from './add-options.ts';
import { addReportOptions, type ReportFlags } from './report/add-report-options.ts';

export interface GateFlags extends ReportFlags {
  readonly policy: string;
  readonly baseline?: string;
  readonly format: 'table' | 'json' | 'junit' | 'sarif';
  readonly output?: string;
}

export function addGateCommand(program: Command, context: CliContext): void {
  const command = program
    .command('gate')
    .summary('judge the findings of reports by a policy')
    .description(
      'Judges the findings of reports by a policy, each problem once. Exits with 1 when the gate does not pass and with 5 when it would, but some entries could not be read.',
    )
    .argument('<file...>', 'reports of scanners, or findings that `report merge` wrote; also packed with gzip or ZIP')
    .addOption(new Option('--policy <file>', 'what may not be: see docs/gates.md').makeOptionMandatory())
    .option('--baseline <file>', 'what was known before, and decided: a baseline or an earlier report')
    .addOption(new Option('--format <format>', 'how to write the result').choices(['table', 'json', 'junit', 'sarif']).default('table'))
    .option('-o, --output <file>', 'file to write to (default: standard output)');
  addReportOptions(command);
  addExamples(command, [
    ['deployguard gate trivy.json semgrep.sarif --policy gate.yaml', 'before a deployment'],
    ['deployguard gate findings.json --policy gate.yaml --baseline findings.baseline.json', 'only what is new, as the policy says'],
    ['deployguard gate trivy.json --policy gate.yaml --format junit -o gate.xml', 'for a CI server'],
  ]);
  command.action(async (files: string[], flags: GateFlags) => {
    const { runGate } = await import('../gate/run-gate.ts');
    context.exitCode = await runGate(files, flags, context);
  });
}
