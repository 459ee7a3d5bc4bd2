import { UploadReport } from '@deployguard/contracts';
import { ApiError, compileValidator } from '../../platform/http/index.ts';

/** What was asked for with a report. */
export type UploadFields = Omit<UploadReport, 'file'> & { readonly headers: Readonly<Record<string, string>> };

const validate = compileValidator(UploadReport, 'body');
const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  1: true,
  0: false,
  yes: true,
  no: false,
  on: true,
  off: false,
};
const [booleanFields, integerFields] = [namesOf('boolean'), namesOf('integer')];

function namesOf(type: string): ReadonlySet<string> {
  const fields = Object.entries(UploadReport.properties).filter(([, schema]) => (schema as { type?: unknown }).type === type);
  return new Set(fields.map(([name]) => name));
}

/** The fields of the form beside the file, which are text there; an empty one is none. Throws `INVALID`. */
export function parseFields(texts: Readonly<Record<string, string>>): UploadFields {
  const given = Object.entries(texts).filter(([, text]) => text !== '');
  const values = given.map(([name, text]) => [name, toValue(name, text)]);
  const { file: _, ...fields } = validate(Object.fromEntries(values)) as UploadReport;
  if (fields.webhook_url === undefined && (fields.webhook_headers ?? fields.webhook_secret) !== undefined)
    throw invalidField('webhook_url', 'is missing');
  const missing = phoenixFields.filter((name) => fields[name] === undefined);
  if (missing.length > 0 && missing.length < phoenixFields.length) throw invalidField(missing[0]!, 'is missing');
  if (fields.translate_as !== undefined) {
    if (fields.phoenix_api_url === undefined) throw invalidField('phoenix_api_url', 'is missing');
    if (fields.assessment_name === undefined) throw invalidField('assessment_name', 'is missing');
  }
  return { ...fields, headers: parseHeaders(fields.webhook_headers) };
}

/** All of them, or nothing goes to Phoenix. */
const phoenixFields = ['phoenix_api_url', 'phoenix_client_id', 'phoenix_client_secret'] as const;

function toValue(name: string, text: string): string | boolean | number {
  if (booleanFields.has(name)) return booleans[text.toLowerCase()] ?? text;
  return integerFields.has(name) && /^\d{1,9}$/.test(text) ? Number(text) : text;
}

export function invalidField(name: string, message: string): ApiError {
  return new ApiError('INVALID', `The body is not valid: /${name} ${message}.`, {
    errors: [{ in: 'body', path: `/${name}`, message }],
  });
}

const mostHeaders = 20;

function parseHeaders(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidField('webhook_headers', 'is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidField('webhook_headers', 'is no JSON object');
  const headers = Object.entries(value);
  if (headers.length > mostHeaders) throw invalidField('webhook_headers', `names more than ${mostHeaders} headers`);
  for (const [name, content] of headers) {
    if (!isAllowed(name))
      throw invalidField('webhook_headers', 'names a header that is not allowed: Authorization is, and names that begin with X-');
    if (typeof content !== 'string' || !/^[\x20-\x7e]{0,2048}$/.test(content))
      throw invalidField('webhook_headers', 'holds a value that is no printable ASCII text');
  }
  return Object.fromEntries(headers) as Record<string, string>;
}

/** Headers that say who sends, or from where, are for proxies to set. */
function isAllowed(name: string): boolean {
  return (
    /^(?:authorization|x-[a-z0-9-]{1,98})$/i.test(name) && !/^x-(?:forwarded|real|original|rewrite|http|client|cluster|envoy)\b/i.test(name)
  );
}
