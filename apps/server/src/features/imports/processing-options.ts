import type { UploadFields } from './parse-fields.ts';

const names = [
  'enable_batching',
  'max_batch_size',
  'max_payload_mb',
  'fix_data',
  'anonymize',
  'create_empty_assets',
  'create_inventory_assets',
  'translate_as',
] as const satisfies readonly (keyof UploadFields)[];

/** How a report goes to Phoenix; kept with the import, under the names of the form. */
export type ProcessingOptions = Pick<UploadFields, (typeof names)[number]>;

export function pickProcessingOptions(fields: UploadFields): ProcessingOptions {
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}
