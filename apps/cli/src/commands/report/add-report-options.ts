import { type Command, Option } from 'commander';
import { addCommonOptions, type CommonFlags } from '../add-options.ts';

/** Options of commands that read reports of scanners. */
export function addReportOptions(command: Command): Command {
  return addCommonOptions(
    command.option('--scanner-type <id>', 'whose reports they are, when they do not say it: an id of `deployguard report formats`'),
  );
}

export interface ReportFlags extends CommonFlags {
  readonly scannerType?: string;
}

/** As `findingEmitters` of the reports package; help must not wait for them. */
export const findingFormats = ['csv', 'cyclonedx', 'defectdojo', 'gitlab', 'html', 'json', 'jsonl', 'junit', 'ocsf', 'sarif'] as const;

const findingKinds = ['secret', 'vulnerability', 'weakness', 'misconfiguration', 'license', 'quality'] as const;

/** Options of commands that write findings. */
export function addFindingFormatOptions(command: Command, format: (typeof findingFormats)[number]): Command {
  return command
    .addOption(new Option('--format <format>', 'how to write the findings').choices(findingFormats).default(format))
    .addOption(new Option('--kind <kind...>', 'only findings of these kinds').choices(findingKinds))
    .option('-o, --output <file>', 'file to write to (default: standard output)');
}

export interface FindingFormatFlags {
  readonly format: (typeof findingFormats)[number];
  readonly kind?: readonly (typeof findingKinds)[number][];
  readonly output?: string;
}
