import { importTypes, phoenixAssetTypes } from '@deployguard/contracts/words';
import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples, addServerOptions, parseCount, type ServerFlags } from './add-options.ts';

export interface UploadFlags extends ServerFlags {
  readonly scannerType?: string;
  readonly assessment?: string;
  readonly importType?: (typeof importTypes)[number];
  readonly assetType?: (typeof phoenixAssetTypes)[number];
  /** Megabytes. */
  readonly partSize: number;
  readonly resume?: string;
  readonly wait?: boolean;
  readonly streamLogs?: boolean;
  readonly webhookUrl?: string;
  readonly phoenixUrl?: string;
  readonly translateAs?: string;
  readonly anonymize?: boolean;
  readonly createEmptyAssets?: boolean;
  readonly createInventoryAssets?: boolean;
  readonly fixData: boolean;
  readonly batching: boolean;
  readonly maxBatchSize?: number;
  readonly maxPayloadMb?: number;
}

export function addUploadCommand(program: Command, context: CliContext): void {
  const command = program
    .command('upload')
    .summary('hand reports of scanners to a service')
    .description(
      'Uploads reports of scanners, or all that lie in a folder, to a service, which keeps their findings. With --wait it exits with 5 when one of them could not be read.',
    )
    .argument('<file...>', 'reports, or folders of reports')
    .option('--scanner-type <id>', 'whose reports they are, when they do not say it: an id of `deployguard report formats`')
    .option('--assessment <name>', 'what they are about (default: each its scanner and the name of its file)')
    .addOption(
      new Option('--import-type <type>', 'new and merge close what a report of the same assessment does not hold any more')
        .choices(importTypes)
        .default('delta'),
    )
    .addOption(new Option('--part-size <megabytes>', 'larger reports go in parts of this size').default(500).argParser(parseCount))
    .option('--resume <upload>', 'go on with an upload in parts that broke off; for one report')
    .option('--wait', 'wait until they are read')
    .option('--stream-logs', 'show what the service says meanwhile, and wait')
    .option(
      '--webhook-url <url>',
      'where the service tells the end of each job. DEPLOYGUARD_WEBHOOK_SECRET in the environment signs it, and DEPLOYGUARD_WEBHOOK_HEADERS, a JSON object, goes with it',
    )
    .optionsGroup('Phoenix:')
    .option(
      '--phoenix-url <url>',
      'where the service sends the findings on: a Phoenix Security API. PHOENIX_CLIENT_ID and PHOENIX_CLIENT_SECRET in the environment are for it',
    )
    .addOption(new Option('--asset-type <type>', 'what it takes all assets for (default: each finding tells)').choices(phoenixAssetTypes))
    .option('--translate-as <translator>', 'it reads the reports itself, by one of its own translators such as "Trivy Scan"')
    .option('--anonymize', 'addresses of IP and names of hosts go as pseudonyms')
    .option('--create-empty-assets', 'all findings go with the lowest severity, for trying things out')
    .option('--create-inventory-assets', 'assets go as well of which no finding counts')
    .option('--no-fix-data', 'send nothing where a finding lacks what it asks for, instead of completing it with a general word')
    .addOption(new Option('--no-batching', 'all in one request').conflicts(['maxBatchSize', 'maxPayloadMb']))
    .addOption(new Option('--max-batch-size <assets>', 'assets in a request (default: 50)').argParser(parseCount))
    .addOption(new Option('--max-payload-mb <megabytes>', 'size of a request (default: 15)').argParser(parseCount))
    .optionsGroup('Options:');
  addServerOptions(command);
  addExamples(command, [
    ['deployguard upload trivy.json --assessment shop --import-type new --wait', 'what is not in it any more is closed'],
    ['deployguard upload reports/ --stream-logs', 'every report of a folder'],
    ['deployguard upload scan.nessus --phoenix-url https://phoenix.example --anonymize', 'on to Phoenix, without names of machines'],
  ]);
  command.action(async (files: readonly string[], flags: UploadFlags) => {
    const { runUpload } = await import('../upload/run-upload.ts');
    context.exitCode = await runUpload(files, flags, context);
  });
}
