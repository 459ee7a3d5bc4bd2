import type { ImportRequest } from './phoenix-inventory.ts';

type Shape = (value: unknown, path: string) => string | undefined;

/**
 * What is wrong with the body of an import (Phoenix Security API 1.27, schema `ImportRequest`); undefined when nothing is. Stricter than the
 * schema, which allows more members than it names: a member of another name is a fault here, as it would be lost there.
 */
export function checkImportRequest(body: unknown): string | undefined {
  const fault = request(body, 'body');
  if (fault !== undefined) return fault;
  const { assessment, assets } = body as ImportRequest;
  for (const [index, { attributes, findings = [] }] of assets.entries()) {
    const path = `assets[${index}]`;
    const missing = missingAttribute(assessment.assetType, attributes);
    if (missing !== undefined) return `${path}.attributes.${missing} is required for ${assessment.assetType}`;
    if (assessment.assetType === 'CODE' && findings.some(({ location }) => location === undefined))
      return `${path}.findings.location is required for CODE`;
  }
  return undefined;
}

function missingAttribute(assetType: string, attributes: Readonly<Record<string, string>>): string | undefined {
  const has = (name: string): boolean => attributes[name] !== undefined;
  switch (assetType) {
    case 'INFRA':
      // The description names both; tools of the vendor send one of them.
      return has('ip') || has('hostname') ? undefined : 'ip';
    case 'WEB':
      return has('ip') || has('fqdn') ? undefined : 'fqdn';
    case 'CLOUD':
      if (attributes['providerType'] === 'AZURE' && !has('region')) return 'region';
      return ['providerType', 'providerAccountId'].find((name) => !has(name));
    default: {
      const required = { CONTAINER: 'dockerfile', REPOSITORY: 'repository', BUILD: 'buildFile', CODE: 'scannerSource' }[assetType]!;
      return has(required) ? undefined : required;
    }
  }
}

const text: Shape = (value, path) => (typeof value === 'string' && value !== '' ? undefined : `${path} must be a text`);

const attributeNames =
  'ip hostname network fqdn os netbios macAddress providerAccountId providerAccountName providerResourceId resourceGroup region vpc subnet ' +
  'repository buildFile dockerfile scannerSource origin';

const finding = object({
  name: text,
  description: text,
  remedy: text,
  severity: (value, path) =>
    /^(?:10\.0|[1-9]\.\d)$/.test(typeof value === 'number' ? value.toFixed(1) : String(value))
      ? undefined
      : `${path} must be from 1.0 to 10.0`,
  'location?': text,
  'referenceIds?': list(text),
  'cwes?': list(pattern(/^CWE-\d+$/)),
  'publishedDateTime?': pattern(/^\d{4}([:-])\d\d\1\d\d \d\d:\d\d:\d\d$/),
  'details?': (value, path) => (isObject(value) ? undefined : `${path} must be an object`),
});

const asset = object({
  'id?': pattern(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  attributes: object({
    ...Object.fromEntries(attributeNames.split(' ').map((name) => [`${name}?`, text])),
    'providerType?': pattern(/^(?:AWS|AZURE|GCP)$/),
  }),
  'tags?': list(object({ 'key?': text, value: text })),
  'installedSoftware?': list(object({ vendor: text, name: text, version: text, 'cpe?': text })),
  'findings?': list(finding),
});

const request = object({
  importType: pattern(/^(?:new|merge|delta)$/),
  assessment: object({ assetType: pattern(/^(?:INFRA|WEB|CLOUD|CONTAINER|REPOSITORY|CODE|BUILD)$/), name: text }),
  assets: list(asset),
});

function pattern(expression: RegExp): Shape {
  return (value, path) => (typeof value === 'string' && expression.test(value) ? undefined : `${path} must match ${expression}`);
}

function list(item: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path} must be a list`;
    for (const [index, one] of value.entries()) {
      const fault = item(one, `${path}[${index}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

/** Names that end with a question mark may be missing. */
function object(members: Readonly<Record<string, Shape>>): Shape {
  const shapes = new Map(
    Object.entries(members).map(([name, shape]) => [name.replace(/\?$/, ''), { shape, isOptional: name.endsWith('?') }]),
  );
  return (value, path) => {
    if (!isObject(value)) return `${path} must be an object`;
    const unknown = Object.keys(value).find((name) => !shapes.has(name));
    if (unknown !== undefined) return `${path}.${unknown} is not known`;
    for (const [name, { shape, isOptional }] of shapes) {
      if (value[name] === undefined && isOptional) continue;
      if (value[name] === undefined) return `${path}.${name} is required`;
      const fault = shape(value[name], `${path}.${name}`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
