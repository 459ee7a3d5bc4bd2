import { isUtf8 } from 'node:buffer';
import { DeploymentConfig } from '@deployguard/contracts';
import Value from 'typebox/value';
import { isMap, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { describeFault } from '../../platform/schema/index.ts';
import type { SchemaFault } from '../../platform/schema/index.ts';
import { DeploymentError } from './deployment-error.ts';
import { describeYamlFault } from './describe-yaml-fault.ts';
import { reservedVariable } from './reserved-variable.ts';

/** Of another deployer's file: they say where in a cloud something runs, which does not concern a single machine. */
const withoutEffect = ['cloud_provider', 'region', 'kubernetes', 'networking'] as const;

export interface RepositoryConfig {
  readonly config: DeploymentConfig;
  /** Settings that are known and do nothing here. */
  readonly ignored: readonly string[];
}

/** Reads the file `deployguard.yaml`. Throws CONFIG_INVALID with all that is wrong in it, each by its path. */
export function parseRepositoryConfig(content: Buffer, file: string): RepositoryConfig {
  if (!isUtf8(content)) throw invalid(file, ['it is not UTF-8, as which it must be saved']);
  const document = parseDocument(content.toString('utf8'));
  const [fault] = document.errors;
  if (fault) throw invalid(file, [describeYamlFault(fault)]);
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
  if (isSection(application)) stringifyVariables(application, document);
  const faults = [...unknown, ...listFaults(wanted), ...listReserved(application)];
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

/** `LIMIT: 3000` and `VERSION: 1.10` are written without quotes everywhere, and mean what is written, whatever YAML makes of it. */
function stringifyVariables(application: Record<string, unknown>, document: Document): void {
  const variables = application['env_vars'];
  const written = document.getIn(['deployment', 'application', 'env_vars'], true);
  if (!isSection(variables) || !isMap(written)) return;
  for (const { key, value } of written.items) {
    if (!isScalar(key) || !isScalar(value) || value.value === null || typeof value.value === 'string') continue;
    if (value.source !== undefined) variables[String(key.value)] = value.source;
  }
}

/** What a setting of this name has to look like, for people. */
const formats: ReadonlyMap<string, { readonly meaning: string; readonly example: string }> = new Map([
  ['memory', { meaning: 'is no amount of memory: 512Mi, 1Gi or 500M', example: '"512Mi" or "1Gi"' }],
  ['cpu', { meaning: 'is no share of processors: 500m, 0.5 or 2', example: '"900m" or "0.9"' }],
  ['path', { meaning: 'is no path: it begins with / and holds no spaces', example: '"/health"' }],
]);

/** What is wrong with a name below these. */
const names: Readonly<Record<string, string>> = {
  env_vars: 'is no name that a variable can have',
  processes:
    'is no name that a process beside web can have: lower-case letters, digits and hyphens, 16 at most, and neither web nor release',
};

/** No more than the validator's limit (`maxErrors` of TypeBox): each of them is told, or a file with many could pass for one without any. */
function listFaults(value: unknown): string[] {
  const faults: readonly SchemaFault[] = Value.Errors(DeploymentConfig, value);
  return faults.flatMap((fault) => {
    const { keyword, instancePath } = fault;
    // It comes behind those of the settings that it names.
    if (keyword === 'additionalProperties') return [];
    const path = toPath(instancePath);
    if (keyword === 'boolean') return [describeUnknown(path, listKeys(instancePath.slice(0, instancePath.lastIndexOf('/'))))];
    return [`${path.join('.')} ${describe(fault, path, value)}`];
  });
}

function describe(fault: SchemaFault, path: readonly string[], root: unknown): string {
  const [section, name] = path.slice(-2) as [string, string];
  const format = section === 'env_vars' ? undefined : formats.get(name);
  if (fault.keyword === 'not') return names[section] ?? describeFault(fault, root);
  if (Value.Pointer.Get(root, fault.instancePath) === null) return 'has no value';
  if (fault.keyword === 'pattern') return format?.meaning ?? describeFault(fault, root);
  if (fault.keyword !== 'type') return describeFault(fault, root);
  if ((fault.params as { readonly type: string }).type === 'object') return 'must be a section of settings';
  return format === undefined ? describeFault(fault, root) : `must be text, such as ${format.example}`;
}

/** The steps of a JSON pointer (RFC 6901), as they are named in the file. */
function toPath(instancePath: string): string[] {
  const steps = instancePath.split('/').slice(1);
  return ['deployment', ...steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))];
}

/** It would be accepted, and not be what the application is told. */
function listReserved(application: unknown): string[] {
  const variables = isSection(application) ? application['env_vars'] : undefined;
  const { name, message } = reservedVariable;
  return isSection(variables) && Object.hasOwn(variables, name) ? [`deployment.application.env_vars.${name} ${message}`] : [];
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  /** Of a list: each of its entries. */
  readonly items?: ObjectSchema;
  /** Of a section whose names are free: what each of them holds. */
  readonly patternProperties?: Readonly<Record<string, ObjectSchema>>;
}

function listKeys(instancePath: string): string[] {
  let at: ObjectSchema | undefined = DeploymentConfig as unknown as ObjectSchema;
  for (const key of instancePath.split('/').slice(1))
    at = at?.properties?.[key] ?? at?.items ?? Object.values(at?.patternProperties ?? {})[0];
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
