import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { ConfigError } from './config-error.ts';
import type { Config } from './config-schema.ts';
import { findContradictions } from './find-contradictions.ts';
import { listKeys, listSettings, type Setting } from './list-settings.ts';
import { nameVariables } from './name-variables.ts';
import { readSetting } from './read-setting.ts';
import { suggestKey } from './suggest-key.ts';

export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The settings' file; default: that of `DEPLOYGUARD_CONFIG`, else `config.yaml` in `workingDirectory`, else in /etc/deployguard, else none. */
  readonly file?: string;
  readonly workingDirectory: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where each setting came from: the name of a variable, the file, or `default`. Not set: not there. */
  readonly origins: ReadonlyMap<string, string>;
  readonly file: string | undefined;
  /** What may be a mistake. */
  readonly warnings: readonly string[];
}

/**
 * Reads all settings once: the environment is stronger than the file, the file than the default.
 *
 * @throws {ConfigError} with everything that is wrong.
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const { problems, faulty: _, ...loaded } = readConfig(sources);
  if (problems.length > 0) throw new ConfigError(problems);
  return loaded;
}

export interface ReadConfig extends LoadedConfig {
  readonly problems: readonly string[];
  /** Names of settings whose value is not what was written: it was wrong. */
  readonly faulty: ReadonlySet<string>;
}

/** The same, for whoever wants to go on: what is wrong has its default. @throws {ConfigError} when the file as a whole cannot be read. */
export function readConfig(sources: ConfigSources): ReadConfig {
  const file = findFile(sources);
  const written = file === undefined ? {} : readFile(file);
  const files = file === undefined ? [] : [file];
  const problems = listUnknownKeys(written, []).map((problem) => `${file}: ${problem}`);
  const faulty = new Set<string>();
  const origins = new Map<string, string>();
  const values: Record<string, unknown> = {};
  for (const setting of listSettings()) {
    let origin: string | undefined;
    try {
      const found = findValue(setting, sources.environment, written, file);
      if (found === undefined) continue;
      origin = found.origin;
      if (found.secretFile !== undefined) files.push(found.secretFile);
      setPath(values, setting.path, readSetting(setting, found.value));
      origins.set(setting.name, origin);
    } catch (error) {
      problems.push(`${nameSetting(setting, origin, file)}: ${(error as Error).message}`);
      faulty.add(setting.name);
      const preset = findValue(setting, {}, {}, undefined);
      if (preset !== undefined) setPath(values, setting.path, preset.value);
    }
  }
  for (const [key, section] of Object.entries(sectionDefaults)) values[key] ??= section;
  values['files'] = files.map((path) => resolve(sources.workingDirectory, path));
  const config = freeze(values as Config);
  problems.push(...withoutFaulty(findContradictions(config), faulty).map(nameVariables));
  return { config, origins, file, warnings: listWarnings(sources.environment), problems, faulty };
}

/** Where it stands in the file and what it is called in the environment, and which of them was read. */
function nameSetting({ name, variables }: Setting, origin: string | undefined, file: string | undefined): string {
  const variable = variables.find((each) => origin?.replace(/_FILE$/, '') === each);
  return variable === undefined && origin === file && file !== undefined
    ? `${name} (${variables[0]}; here: ${file})`
    : `${name} (${origin ?? variables[0]})`;
}

/** What is said of a setting that could not be read would be said of its default. */
export function withoutFaulty(problems: readonly string[], faulty: ReadonlySet<string>): string[] {
  return problems.filter((problem) => ![...faulty].some((name) => problem.includes(name)));
}

// Sections without any setting are there all the same.
const sectionDefaults = { broker: {}, keyring: {}, builds: {}, telemetry: {} };

function findFile({ environment, file, workingDirectory }: ConfigSources): string | undefined {
  const named = file ?? environment['DEPLOYGUARD_CONFIG'];
  if (named !== undefined) return named;
  return [join(workingDirectory, 'config.yaml'), '/etc/deployguard/config.yaml'].find((path) => existsSync(path));
}

function readFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: cannot be read (${(error as { code?: string }).code}).`]);
  }
  const document = parseDocument(text);
  const [fault] = document.errors;
  // The parser's own words may quote a secret.
  if (fault)
    throw new ConfigError([
      `${file}: line ${fault.linePos?.[0].line ?? '?'} is not YAML (${fault.code.toLowerCase().replaceAll('_', ' ')}).`,
    ]);
  const value = toPlain(document, file) ?? {};
  if (!isSection(value)) throw new ConfigError([`${file}: is not a list of settings such as "http:" with "port: 8000" below it.`]);
  return value;
}

function toPlain(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new ConfigError([`${file}: aliases (*name) are not supported.`]);
  }
}

function listUnknownKeys(written: unknown, path: readonly string[]): string[] {
  const known = listKeys(path);
  if (!known) return [];
  if (!isSection(written)) return [`${path.join('.')}: is a section of settings: ${known.join(', ')}.`];
  return Object.entries(written).flatMap(([key, value]) => {
    if (known.includes(key)) return listUnknownKeys(value ?? {}, [...path, key]);
    return [`${[...path, key].join('.')}: there is no such setting.${suggestKey(key, known)} Known here: ${known.join(', ')}.`];
  });
}

function findValue(
  { variables, path, schema, name }: Setting,
  environment: ConfigSources['environment'],
  written: Record<string, unknown>,
  file: string | undefined,
): { value: unknown; origin: string; secretFile?: string } | undefined {
  for (const variable of variables) {
    const value = environment[variable];
    if (value !== undefined && value !== '' && !isServiceLink(value, schema.type)) return { value, origin: variable };
    const valueFile = environment[`${variable}_FILE`];
    if (valueFile !== undefined && valueFile !== '' && schema.type === 'string')
      return { value: readSecretFile(valueFile, `${variable}_FILE`), origin: `${variable}_FILE`, secretFile: valueFile };
  }
  const value = path.reduce<unknown>((at, key) => (isSection(at) ? at[key] : undefined), written);
  if (value !== undefined && value !== null) return { value, origin: file! };
  const preset = name === 'dataDirectory' ? defaultDataDirectory(environment) : schema.default;
  return preset === undefined ? undefined : { value: preset, origin: 'default' };
}

/** Kubernetes sets `<SERVICE>_PORT=tcp://…` for every service beside us. */
function isServiceLink(value: string, type: string | undefined): boolean {
  return type === 'integer' && /^(?:tcp|udp):\/\//.test(value);
}

/** Secrets are often mounted as files. */
function readSecretFile(path: string, variable: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(`${path}, which ${variable} names, cannot be read (${(error as { code?: string }).code}).`, { cause: error });
  }
}

/** Root cannot use its home: the database runs as another user, who could not reach it. */
function defaultDataDirectory(environment: ConfigSources['environment']): string {
  if (process.getuid?.() === 0) return '/var/lib/deployguard';
  return join(environment['XDG_DATA_HOME'] || join(environment['HOME'] || homedir(), '.local', 'share'), 'deployguard');
}

const otherVariables =
  /^DEPLOYGUARD_(?:CONFIG|DEBUG|LAUNCHED|LONG_TESTS|GIT_USERNAME|GIT_TOKEN|SSH_KEY|SSH_KNOWN_HOSTS|CA_FILE|SERVICES_\w+|SERVER|API_KEY)$/;

/** Not errors: Kubernetes and others make up variables with our prefix. */
function listWarnings(environment: ConfigSources['environment']): string[] {
  const known = listSettings().flatMap(({ variables }) => variables);
  const warnings = Object.keys(environment)
    .filter(
      (name) =>
        name.startsWith('DEPLOYGUARD_') &&
        !otherVariables.test(name) &&
        !known.includes(name.replace(/_FILE$/, '')) &&
        !known.includes(name),
    )
    .filter((name) => !/_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT(?:_\d+_(?:TCP|UDP)(?:_\w+)?)?$/.test(name))
    .map((name) => `${name} is no setting.${suggestKey(name, known)}`);
  if (environment['CELERY_RESULT_BACKEND']) warnings.push('CELERY_RESULT_BACKEND is not needed: results are in the database.');
  return warnings;
}

function setPath(target: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) target[key!] = value;
  else setPath((target[key!] ??= {}) as Record<string, unknown>, rest, value);
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(Object.freeze(value))) freeze(inner);
  return value;
}
