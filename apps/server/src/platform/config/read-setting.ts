import { Value } from 'typebox/value';
import { parse as parseYaml } from 'yaml';
import type { Setting, SettingSchema } from './list-settings.ts';

/** Throws the problem, in words: what is wrong with the value and what is expected. A secret is not repeated. */
export function readSetting({ schema }: Setting, written: unknown): unknown {
  const value = typeof written === 'string' ? fromText(written, schema) : written;
  const [problem] = Value.Errors(schema, value);
  if (!problem) {
    if (schema.isUrl !== true || isUsableUrl(value as string)) return value;
    throw new Error(
      `the value is not ${describeExpected(schema)}: it cannot be taken apart. Write what is special in it as %25, %40 and so on.`,
    );
  }
  const place = problem.instancePath.replaceAll(/\/(\d+)/g, '[$1]').replaceAll('/', '.');
  // Inside of lists of sections, the schema says it better than we do.
  if (schema.items?.type === 'object' && place !== '') {
    const { additionalProperties: [unknown] = [] } = problem.params as { additionalProperties?: string[] };
    throw new Error(`${place.replace(/^\./, '')}: ${problem.message}${unknown === undefined ? '' : ` ('${unknown}')`}.`);
  }
  throw new Error(`${schema.isSecret ? 'the value' : JSON.stringify(written)} is not ${describeExpected(schema)}.`);
}

/** Drivers decode login and path, and throw what nobody would understand. */
function isUsableUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, pathname } = new URL(text);
  try {
    return [username, password, pathname].every((part) => typeof decodeURIComponent(part) === 'string');
  } catch {
    return false;
  }
}

/** Text of the environment, and text where the file's language takes a number for a text. */
function fromText(text: string, schema: SettingSchema): unknown {
  const trimmed = text.trim();
  if (schema.type === 'integer') return /^-?\d+$/.test(trimmed) ? Number(trimmed) : text;
  if (schema.type === 'boolean')
    return { true: true, '1': true, yes: true, false: false, '0': false, no: false }[trimmed.toLowerCase()] ?? text;
  if (schema.enum) return schema.enum.find((value) => value.toLowerCase() === trimmed.toLowerCase()) ?? text;
  if (schema.type !== 'array') return text;
  if (schema.items?.type === 'object') return fromYaml(text);
  return trimmed
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function fromYaml(text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 0 });
  } catch {
    return text;
  }
}

export function describeExpected({ type, expects, minimum, maximum, enum: values }: SettingSchema): string {
  if (expects !== undefined) return expects;
  if (values) return `one of ${values.join(', ')}`;
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return 'a list (in the environment: separated by commas)';
  return 'a text that is not empty';
}
