import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { hashSecret } from '../hash-secret.ts';
import { parseCwes } from '../parse-ids.ts';
import { lineAt, listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

const context = ['$.version', '$.app_name', '$.file_name', '$.package_name', '$.bundle_id', '$.timestamp'];

/** Sections that every version writes in the same way. */
const sections = [
  '$.binary_analysis.findings{}',
  '$.binary_analysis[]{}',
  '$.macho_analysis{}',
  '$.dylib_analysis[]{}',
  '$.framework_analysis[]{}',
  '$.certificate_analysis.certificate_findings[]',
  '$.ats_analysis.ats_findings[]',
  '$.permissions{}',
  '$.secrets[]',
];

/**
 * Reports of the Mobile Security Framework on apps (https://mobsf.github.io/docs/#/): `api/v1/report_json`, from version 3 on; and those of
 * its scanner for source code, mobsfscan.
 */
export const mobsf: Format = {
  id: 'mobsf',
  name: 'MobSF',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.mobsfscan_version', '$.results'),
      layout: { entries: ['$.results{}'], context: ['$.mobsfscan_version'] },
      read: readRule,
    },
    buildVariant(true),
    buildVariant(false),
  ],
};

/** Until version 3.4 findings of code, manifest and network stood right in their sections. */
function buildVariant(isNested: boolean): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has('$.file_name', '$.md5', '$.sha256', '$.app_name', '$.code_analysis') &&
      outline.has('$.code_analysis.findings') === isNested,
    layout: {
      entries: isNested
        ? ['$.code_analysis.findings{}', '$.manifest_analysis.manifest_findings[]', '$.network_security.network_findings[]', ...sections]
        : ['$.code_analysis{}', '$.manifest_analysis[]', '$.network_security[]', ...sections],
      context,
    },
    read: readFinding,
  };
}

const labels: ReadonlyMap<string, Severity> = new Map([['hotspot', 'info']]);

function readFinding({ path, value, key, parents: [root] }: JsonEntry): Reading | readonly Reading[] {
  const app = textAt(root, 'package_name') ?? textAt(root, 'bundle_id') ?? textAt(root, 'app_name') ?? textAt(root, 'file_name');
  const common: Pick<Draft, 'asset' | 'tool' | 'foundAt'> = {
    asset: app === undefined ? undefined : { type: 'build', name: app },
    tool: { version: textAt(root, 'version') },
    foundAt: textAt(root, 'timestamp'),
  };
  const readings = readSection(path, key, value);
  return readings.map((reading) => ('skipped' in reading || 'missing' in reading ? reading : { ...common, ...reading }));
}

/** Sections that tell of each protection whether it is there; it is when they are for information. */
const protections = /^\$\.(?:binary_analysis\[\]|macho|dylib|framework)/;

function readSection(path: string, key: string | undefined, value: unknown): readonly Reading[] {
  const section = /^\$\.(\w+)/.exec(path)?.[1];
  if (section === 'code_analysis') return readFiles(key, value);
  if (section === 'permissions') return [readPermission(key, value)];
  if (section === 'secrets') return [readSecret(value)];
  if (section === 'certificate_analysis') return [readCertificate(value)];
  if (protections.test(path)) {
    if (textAt(value) !== undefined) return [{ skipped: 'name of a binary' }];
    if (textAt(value, 'severity') === 'info') return [{ skipped: 'passed check' }];
  }
  const title = textAt(value, 'title') ?? textAt(value, 'issue') ?? (section === 'network_security' ? textAt(value, 'description') : key);
  return [
    rateOrSkip(textAt(value, 'severity') ?? textAt(value, 'status') ?? textAt(value, 'stat'), {
      kind:
        section === 'manifest_analysis' || section === 'network_security' || section === 'ats_analysis' ? 'misconfiguration' : 'weakness',
      rule: { id: textAt(value, 'rule') ?? (section && title && `${section}/${stripMarkup(title) ?? ''}`.slice(0, 200)) },
      title: stripMarkup(title),
      description: stripMarkup(textAt(value, 'detailed_desc') ?? textAt(value, 'description') ?? textAt(value, 'desc')),
      cvss: [{ score: numberAt(value, 'cvss') }],
      cwes: parseCwes(textAt(value, 'cwe')),
      location: {
        resource:
          textAt(value, 'name') ??
          listAt(value, 'component')
            .map((part) => textAt(part) ?? '')
            .join(', '),
      },
    }),
  ];
}

/** `{"files": {"a/B.java": "9,13"}, "metadata": {…}}`: each file is a finding. */
function readFiles(key: string | undefined, value: unknown): readonly Reading[] {
  const metadata = objectAt(value, 'metadata');
  const files = objectAt(value, 'files') ?? {};
  const paths = Array.isArray(objectAt(value)?.['path']) ? listAt(value, 'path').map((path) => textAt(path)) : Object.keys(files);
  const describe = (path: string | undefined): Reading =>
    rateOrSkip(textAt(metadata, 'severity') ?? textAt(value, 'level'), {
      kind: 'weakness',
      rule: { id: key, helpUri: textAt(metadata, 'ref') },
      title: textAt(metadata, 'description') ?? key,
      cvss: [{ score: numberAt(metadata, 'cvss') }],
      cwes: parseCwes(textAt(metadata, 'cwe')),
      location: { path, line: path === undefined ? undefined : lineAt(files, path) },
      references: findAddresses(textAt(metadata, 'ref')),
      identity: '',
    });
  return paths.length > 0 ? paths.map(describe) : [describe(undefined)];
}

function readPermission(name: string | undefined, value: unknown): Reading {
  const status = textAt(value, 'status');
  if (status !== 'dangerous') return { skipped: 'permission that is not dangerous' };
  return {
    kind: 'misconfiguration',
    rule: { id: name, name: textAt(value, 'info') },
    title: `Dangerous permission: ${name ?? ''}`,
    description: textAt(value, 'description'),
    severity: status,
  };
}

/** `"api_key" : "…"`: only its name is told. */
function readSecret(value: unknown): Reading {
  const text = textAt(value);
  if (text === undefined) return { kind: 'secret', rule: {} };
  const name = /^"?([\w.-]{1,80})"?\s*[:=]/.exec(text)?.[1];
  return {
    kind: 'secret',
    rule: { id: 'hardcoded-secret' },
    title: `Possible secret${name === undefined ? '' : `: ${name}`}`,
    identity: hashSecret(text),
  };
}

/** `["high", "what it is", "its name"]`; the name is missing before version 3.2. */
function readCertificate(value: unknown): Reading {
  const [severity, description, title] = listAt(value).map((part) => textAt(part));
  return rateOrSkip(severity, {
    kind: 'misconfiguration',
    rule: { id: title === undefined && description === undefined ? undefined : `certificate/${title ?? description ?? ''}`.slice(0, 200) },
    title: title ?? description,
    description,
  });
}

/** `secure` and `good` say that all is well. */
function rateOrSkip(severity: string | undefined, draft: Draft): Reading {
  if (severity === 'secure' || severity === 'good') return { skipped: 'passed check' };
  return { ...draft, severity, severityLabel: labels.get(severity ?? '') };
}

/** A rule of mobsfscan with the places where it matches; none where something is missing in the whole app. */
function readRule({ key, value, parents: [root] }: JsonEntry): readonly Reading[] {
  const metadata = objectAt(value, 'metadata');
  const files = listAt(value, 'files');
  return (files.length > 0 ? files : [undefined]).map((file): Draft => ({
    kind: 'weakness',
    rule: { id: metadata && key, helpUri: textAt(metadata, 'reference') },
    title: textAt(metadata, 'description'),
    severity: textAt(metadata, 'severity'),
    cwes: parseCwes(textAt(metadata, 'cwe')),
    location: { path: textAt(file, 'file_path'), line: lineAt(file, 'match_lines', 0), endLine: lineAt(file, 'match_lines', 1) },
    references: findAddresses(textAt(metadata, 'reference')),
    // What matched may be a secret: it only tells findings apart.
    identity: hashSecret(textAt(file, 'match_string')) ?? '',
    tool: { name: 'mobsfscan', version: textAt(root, 'mobsfscan_version') },
  }));
}
