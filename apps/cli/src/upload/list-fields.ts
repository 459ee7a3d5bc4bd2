import { CliError } from '../cli-error.ts';
import type { UploadFlags } from '../commands/upload.ts';
import type { CliContext } from '../context.ts';

/** Of the form; what is undefined is left out. */
type Fields = Readonly<Record<string, string | undefined>>;

/** What is asked for with a report, as the fields of the form. @throws {CliError} `USAGE` */
export function listFields(flags: UploadFlags, { environment }: Pick<CliContext, 'environment'>): Fields {
  return {
    scanner_type: flags.scannerType,
    assessment_name: flags.assessment,
    import_type: flags.importType,
    asset_type: flags.assetType,
    ...listPhoenixFields(flags, environment),
    ...listWebhookFields(flags, environment),
  };
}

function listPhoenixFields(
  flags: UploadFlags,
  { PHOENIX_CLIENT_ID: id, PHOENIX_CLIENT_SECRET: secret }: CliContext['environment'],
): Fields {
  const options: Fields = {
    enable_batching: flags.batching ? undefined : 'false',
    max_batch_size: flags.maxBatchSize?.toString(),
    max_payload_mb: flags.maxPayloadMb?.toString(),
    fix_data: flags.fixData ? undefined : 'false',
    anonymize: flags.anonymize?.toString(),
    create_empty_assets: flags.createEmptyAssets?.toString(),
    create_inventory_assets: flags.createInventoryAssets?.toString(),
    translate_as: flags.translateAs,
  };
  if (flags.phoenixUrl === undefined) {
    if (Object.values(options).some((value) => value !== undefined))
      throw new CliError('USAGE', 'What is asked for of Phoenix needs --phoenix-url.');
    return {};
  }
  if (!(id && secret))
    throw new CliError('USAGE', 'For --phoenix-url, PHOENIX_CLIENT_ID and PHOENIX_CLIENT_SECRET have to be set in the environment.');
  if (flags.translateAs !== undefined && flags.assessment === undefined)
    throw new CliError('USAGE', '--translate-as needs --assessment: what the report is about is not read here.');
  return { phoenix_api_url: flags.phoenixUrl, phoenix_client_id: id, phoenix_client_secret: secret, ...options };
}

function listWebhookFields({ webhookUrl: url }: UploadFlags, environment: CliContext['environment']): Fields {
  if (url === undefined) return {};
  const { DEPLOYGUARD_WEBHOOK_HEADERS: headers, DEPLOYGUARD_WEBHOOK_SECRET: secret } = environment;
  return { webhook_url: url, webhook_headers: headers || undefined, webhook_secret: secret || undefined };
}
