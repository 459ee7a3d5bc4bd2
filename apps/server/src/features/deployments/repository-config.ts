import { DeploymentConfig } from '@deployguard/contracts';
import Value from 'typebox/value';
import { parseDocument } from 'yaml';
import { DeploymentError } from './deployment-error.ts';

/** Of another deployer's file: they say where in a cloud something runs, which does not concern a single machine. */
const withoutEffect = ['cloud_provider', 'region', 'kubernetes', 'networking'] as const;

export interface RepositoryConfig {
  readonly config: DeploymentConfig;
  /** Settings that are known and do nothing here. */
  readonly ignored: readonly string[];
}

/** Reads the file `deployguard.yaml`. Throws CONFIG_INVALID with all that is wrong in it, each by its path. */
export function parseRepositoryConfig(text: string, file: string): RepositoryConfig {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault) throw invalid(file, [`line ${fault.linePos?.[0].line ?? '?'} is not YAML`]);
  const written: unknown = readPlain(document, file) ?? {};
  if (!isSection(written)) throw invalid(file, ['it is no list of settings such as "deployment:"']);
  const { deployment = {}, ...others } = written;
  if (!isSection(deployment)) throw invalid(file, ['deployment is a section of settings']);
  const ignored = Object.keys(deployment).filter((key) => (withoutEffect as readonly string[]).includes(key));
  const wanted = { application: deployment['application'] ?? {} };
  const unknown = [
    ...Object.keys(others).map((key) => describeUnknown([key], ['deployment'])),
    ...Object.keys(deployment)
      .filter((key) => key !== 'application' && !ignored.includes(key))
      .map((key) => describeUnknown(['deployment', key], ['application', ...withoutEffect])),
  ];
  // Of the other deployer: it is known, and there is nothing here that it could switch on.
  const application = wanted.application;
  if (isSection(application) && 'autoscaling' in application) {
    delete application['autoscaling'];
    ignored.push('application.autoscaling');
  }
  if (isSection(application)) stringifyVariables(application);
  const faults = [...unknown, ...listFaults(wanted)];
  if (faults.length > 0) throw invalid(file, faults);
  return { config: wanted as DeploymentConfig, ignored: ignored.map((key) => `deployment.${key}`) };
}

function readPlain(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw invalid(file, ['aliases (*name) are not supported']);
  }
}

/** `PORT: 3000` and `DEBUG: true` are written without quotes everywhere. */
function stringifyVariables(application: Record<string, unknown>): void {
  const variables = application['env_vars'];
  if (!isSection(variables)) return;
  for (const [name, value] of Object.entries(variables)) {
    if (typeof value === 'number' || typeof value === 'boolean') variables[name] = String(value);
  }
}

interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params?: unknown;
}

/** What a setting of this name has to look like, for people. */
const formats: Readonly<Record<string, string>> = {
  memory: 'is no amount of memory: 512Mi, 1Gi or 500M',
  cpu: 'is no share of processors: 500m, 0.5 or 2',
  path: 'is no path: it begins with / and holds no spaces',
};

function listFaults(value: unknown): string[] {
  return (Value.Errors(DeploymentConfig, value) as unknown as Fault[]).flatMap(({ keyword, instancePath, message, params }) => {
    const path = ['deployment', ...instancePath.split('/').slice(1)];
    if (keyword === 'boolean') return [];
    if (keyword === 'additionalProperties') {
      const { additionalProperties } = params as { readonly additionalProperties: readonly string[] };
      return additionalProperties.map((key) => describeUnknown([...path, key], listKeys(instancePath)));
    }
    const meaning = keyword === 'pattern' ? (formats[path.at(-1)!] ?? 'is no line of text') : message;
    return [`${path.join('.')} ${keyword === 'not' ? 'is no name that a variable can have' : meaning}`];
  });
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
}

function listKeys(instancePath: string): string[] {
  let at: ObjectSchema | undefined = DeploymentConfig as unknown as ObjectSchema;
  for (const key of instancePath.split('/').slice(1)) at = at?.properties?.[key];
  return Object.keys(at?.properties ?? {});
}

function describeUnknown(path: readonly string[], known: readonly string[]): string {
  const key = path.at(-1)!;
  const near = known.find((name) => simplify(name) === simplify(key)) ?? known.find((name) => isNear(name, key));
  const suggestion = near === undefined ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
  return `${path.join('.')} is not known; ${suggestion}`;
}

function simplify(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '');
}

/** One letter more, less, or other; or one is the beginning of the other. */
function isNear(name: string, key: string): boolean {
  if (key.length > 2 && (name.startsWith(key) || key.startsWith(name))) return true;
  const [short, long] = name.length < key.length ? [name, key] : [key, name];
  if (long.length - short.length > 1) return false;
  const start = [...short].findIndex((letter, index) => letter !== long[index]);
  if (start === -1) return true;
  return short.slice(start + 1) === long.slice(start + 1) || short.slice(start) === long.slice(start + 1);
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(file: string, faults: readonly string[]): DeploymentError {
  return new DeploymentError('CONFIG_INVALID', `${file}: ${faults.join('; ')}.`);
}
