import type { Severity } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/**
 * Reports of Kubescape: `kubescape scan --format json --format-version v2|v1`, `--format junit` (https://kubescape.io/docs/). A resource that
 * fails a control is a finding.
 */
export const kubescape: Format = {
  id: 'kubescape',
  name: 'Kubescape',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.summaryDetails.controls') && outline.hasList('$.results'),
      layout: {
        entries: ['$.results[].controls[]'],
        context: ['$.summaryDetails', '$.clusterName', '$.resources', '$.results[].resourceID'],
      },
      read: readControl,
    },
    ...['$', '$[]', '$.frameworks[]'].map(framework),
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'testsuites' && /^Kubescape .*Scanning$/.test(outline.attribute('/testsuites', 'name') ?? ''),
      layout: { entries: ['/testsuites/testsuite/testcase'] },
      read: readTestCase,
    },
  ],
};

/** Before version 2 of the report it was a framework, or a list of them, with the alerts of the rules of each control. */
function framework(root: string): JsonVariant {
  const control = `${root}.controlReports[]`;
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${root}.name`, `${control}.name`, `${control}.ruleReports[].ruleStatus`),
    layout: {
      entries: [`${control}.ruleReports[].ruleResponses[]`],
      context: ['$.clusterName', ...['controlID', 'name', 'description', 'remediation', 'baseScore'].map((name) => `${control}.${name}`)],
    },
    read: readAlert,
  };
}

function readAlert({ value, parents }: JsonEntry): Reading {
  const control = parents.at(-2);
  const status = textAt(value, 'ruleStatus');
  if (status === 'success' || status === 'passed') return { skipped: 'passed check' };
  const [id, name] = [textAt(control, 'controlID'), textAt(control, 'name')];
  const score = numberAt(control, 'baseScore') ?? (numberAt(value, 'alertScore') || undefined);
  const object = objectAt(value, 'alertObject', 'k8sApiObjects', 0);
  const places = [['apiVersion'], ['metadata', 'namespace'], ['kind'], ['metadata', 'name']].map((path) => textAt(object, ...path));
  const cluster = textAt(parents[0], 'clusterName');
  return {
    kind: 'misconfiguration',
    rule: { id: id ?? name, name, helpUri: id && `https://hub.armosec.io/docs/${id.toLowerCase()}` },
    title: name,
    description: [textAt(control, 'description'), textAt(value, 'alertMessage')].filter((text) => text !== undefined).join('\n'),
    remedy: textAt(control, 'remediation'),
    severity: score === undefined ? undefined : String(score),
    severityLabel: score === undefined ? undefined : rate(score),
    location: { path: readPath({ object }), resource: places.filter((part) => part !== undefined).join('/') || undefined },
    asset: cluster === undefined ? undefined : { type: 'cloud', name: cluster },
    suppression:
      objectAt(value, 'exception') === undefined ? undefined : { kind: 'suppressed', reason: textAt(value, 'exception', 'name') },
    identity: textAt(value, 'alertMessage'),
  };
}

function readControl({ value, parents }: JsonEntry): Reading {
  const [report, result] = parents;
  const status = textAt(value, 'status', 'status') ?? textAt(value, 'status');
  const subStatus = textAt(value, 'status', 'subStatus');
  if (status === 'passed') return { skipped: 'passed check' };
  if (status === 'skipped') return { skipped: 'check that was not made' };
  const id = textAt(value, 'controlID');
  const summary = objectAt(report, 'summaryDetails', 'controls', id ?? '');
  const factor = numberAt(summary, 'scoreFactor');
  const resource = textAt(result, 'resourceID');
  const cluster = textAt(report, 'clusterName');
  return {
    kind: 'misconfiguration',
    rule: { id, name: textAt(value, 'name'), helpUri: id && `https://hub.armosec.io/docs/${id.toLowerCase()}` },
    title: textAt(value, 'name'),
    description: describe(textAt(summary, 'description'), value),
    remedy: textAt(summary, 'remediation'),
    severity: factor === undefined ? undefined : String(factor),
    severityLabel: factor === undefined ? undefined : rate(factor),
    location: { path: findPath(report, resource), resource: resource?.replace(/^path=\d+\/(?:api=)?/, '') },
    asset: cluster === undefined ? undefined : { type: 'cloud', name: cluster },
    suppression: status === 'excluded' || subStatus === 'w/exceptions' ? { kind: 'suppressed' } : undefined,
    identity: '',
  };
}

/** As Kubescape words its score factors. */
function rate(factor: number): Severity {
  if (factor >= 9) return 'critical';
  if (factor >= 7) return 'high';
  if (factor >= 4) return 'medium';
  return factor >= 1 ? 'low' : 'info';
}

/** What in the resource is to be changed, or deleted. */
function describe(text: string | undefined, control: unknown): string | undefined {
  const paths = listAt(control, 'rules').flatMap((rule) => listAt(rule, 'paths'));
  const lines = paths.flatMap((path) => {
    const fix = textAt(path, 'fixPath', 'path');
    const wanted = textAt(path, 'fixPath', 'value');
    const place = fix === undefined || wanted === undefined ? fix : `${fix} = ${wanted}`;
    return place ?? textAt(path, 'reviewPath') ?? textAt(path, 'failedPath') ?? textAt(path, 'deletePath') ?? [];
  });
  return [text, ...new Set(lines)].filter((part) => part !== undefined).join('\n') || undefined;
}

/** The file, where files were scanned. */
function findPath(report: JsonObject | undefined, resource: string | undefined): string | undefined {
  const resources = listAt(report, 'resources');
  let known = pathsOf.get(resources);
  if (!known) {
    known = new Map(resources.map((item) => [textAt(item, 'resourceID'), readPath(item)]));
    pathsOf.set(resources, known);
  }
  return known.get(resource);
}

/** Built once for each list of resources, since each control of each resource asks. */
const pathsOf = new WeakMap<readonly unknown[], ReadonlyMap<string | undefined, string | undefined>>();

function readPath(resource: unknown): string | undefined {
  const path = textAt(resource, 'source', 'relativePath') ?? textAt(resource, 'source', 'path');
  return path ?? textAt(resource, 'object', 'sourcePath')?.replace(/:\d+$/, '');
}

function readTestCase({ element, parents }: XmlEntry): Reading | Reading[] {
  const failure = childAt(element, 'failure');
  if (childAt(element, 'skipped')) return { skipped: 'check that was not made' };
  if (failure === undefined) return { skipped: 'passed check' };
  const foundAt = attributeOf(parents.at(-1), 'timestamp');
  if (attributeOf(failure, 'type') === 'Vulnerability') return { ...readVulnerability(failure.text, parents.at(-1)), foundAt };
  const name = attributeOf(element, 'name');
  // The name of the framework stands before the control's number, and alone in older versions.
  const link = /^More details: (\S+)/m.exec(failure.text)?.[1];
  const id = /\/([A-Z]+-\d+)$/.exec(attributeOf(element, 'classname') ?? '')?.[1] ?? link?.split('/').at(-1)?.toUpperCase();
  const control: Draft = {
    kind: 'misconfiguration',
    rule: { id: id ?? name, name, helpUri: link },
    title: name,
    remedy:
      failure.text
        .split('\nMore details: ')[0]!
        .replace(/^Remediation:/, '')
        .trim() || undefined,
    foundAt,
    identity: '',
  };
  const resources = failure.text.match(/^apiVersion: .+; kind: .+$/gm) ?? [];
  return resources.length === 0 ? control : resources.map((resource) => ({ ...control, location: readResource(resource) }));
}

/** `apiVersion: apps/v1; kind: Deployment; namespace: shop; name: till; sourcePath: till.yaml` */
function readResource(line: string): Draft['location'] {
  const fields = new Map(line.split('; ').map((field) => [field.slice(0, field.indexOf(': ')), field.slice(field.indexOf(': ') + 2)]));
  const resource = ['apiVersion', 'namespace', 'kind', 'name'].map((name) => fields.get(name)).filter((part) => part !== undefined);
  return { path: fields.get('sourcePath'), resource: resource.join('/') };
}

/** Lines of `CVE: …`, `Package: …`, `Version: …`, `Severity: …`, `fixed in: …`. */
function readVulnerability(text: string, suite: XmlElement | undefined): Draft {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.+)$`, 'm').exec(text)?.[1]?.trim();
  const [id, name, image] = [field('CVE'), field('Package'), attributeOf(suite, 'name')];
  return {
    kind: 'vulnerability',
    rule: { id },
    title: [id, name].filter((part) => part !== undefined).join(' in '),
    severity: field('Severity'),
    aliases: parseVulnerabilityIds(id),
    package: { name, version: field('Version'), fixedVersions: splitList(field('fixed in')) },
    asset: image === undefined ? undefined : { type: 'image', name: image },
  };
}
