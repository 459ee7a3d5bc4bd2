import { createHash } from 'node:crypto';
import type { Component } from './component.ts';
import type { ComponentList } from './list-components.ts';

export interface SbomSubject {
  readonly application: string;
  readonly commit: string;
  /** Of the image that was built, where there is one: `sha256:…`. */
  readonly imageDigest?: string;
}

/** A bill of materials (CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/). */
export interface Sbom {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly components: readonly Readonly<Record<string, unknown>>[];
  readonly compositions: readonly Readonly<Record<string, unknown>>[];
}

/** Whoever signs, keeps or checks it has all of it in memory. Some twenty thousand packages; those of the largest applications are fewer. */
const maxComponentsBytes = 8 * 1024 * 1024;

/** The bill of materials of an application, from what its lock files and the distribution in its image name. The same input gives the same bytes. */
export function buildSbom({ application, commit, imageDigest }: SbomSubject, { components, files, unread }: ComponentList): Sbom {
  const entries = takeFitting(components);
  const leftOut = components.length - entries.length;
  const properties = [
    ...files.filter((file) => !unread.includes(file)).map((value) => ({ name: 'deployguard:source', value })),
    ...unread.map((value) => ({ name: 'deployguard:source-not-read', value })),
    ...(leftOut > 0 ? [{ name: 'deployguard:left-out', value: String(leftOut) }] : []),
  ];
  const content = {
    metadata: {
      component: {
        type: imageDigest === undefined ? 'application' : 'container',
        'bom-ref': 'application',
        name: application,
        version: commit,
        ...(imageDigest !== undefined && { hashes: [{ alg: 'SHA-256', content: imageDigest.replace(/^sha256:/, '') }] }),
      },
      tools: { components: [{ type: 'application', name: 'DeployGuard' }] },
      ...(properties.length > 0 && { properties }),
    },
    components: entries,
    // Neither lock files nor distributions know what was copied or compiled.
    compositions: [{ aggregate: 'incomplete' }],
  };
  return { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: toSerialNumber(JSON.stringify(content)), version: 1, ...content };
}

/** The first ones, as many as may be. */
function takeFitting(components: readonly Component[]): Record<string, unknown>[] {
  const entries: Record<string, unknown>[] = [];
  let bytes = 0;
  for (const component of components) {
    const entry = toEntry(component);
    bytes += Buffer.byteLength(JSON.stringify(entry));
    if (bytes > maxComponentsBytes) break;
    entries.push(entry);
  }
  return entries;
}

function toEntry(component: Component): Record<string, unknown> {
  const purl = printPurl(component);
  const { group, name } = splitName(component);
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group !== undefined && { group }),
    name,
    version: component.version,
    scope: component.isDevelopment ? 'excluded' : 'required',
    ...(component.hashes && { hashes: component.hashes.map(({ algorithm, content }) => ({ alg: algorithm, content })) }),
    purl,
  };
}

/** https://github.com/package-url/purl-spec */
export function printPurl(component: Component): string {
  const encode = (text: string): string => encodeURIComponent(text).replaceAll('%3A', ':');
  const path = component.name.split('/').map(encode).join('/');
  const qualifiers = Object.entries(component.qualifiers ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rest = qualifiers.map(([name, value]) => `${name}=${encode(value)}`).join('&');
  return `pkg:${component.type}/${path}@${encode(component.version)}${rest === '' ? '' : `?${rest}`}`;
}

function splitName({ name, type }: Component): { readonly group?: string; readonly name: string } {
  const slash = name.lastIndexOf('/');
  return slash === -1 || type === 'golang' ? { name } : { group: name.slice(0, slash), name: name.slice(slash + 1) };
}

/** A UUID of version 8 (RFC 9562) of the content. */
function toSerialNumber(content: string): string {
  const bytes = createHash('sha256').update(content).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `urn:uuid:${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')}`;
}
