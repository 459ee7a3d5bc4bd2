import { hashSecret } from '../hash-secret.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, listAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/** Reports of GitGuardian's ggshield: `ggshield secret|iac|sca scan … --json`. Secrets are hashed and never kept. */
export const ggshield: Format = {
  id: 'ggshield',
  name: 'ggshield',
  variants: [
    // Of commits, one scan each; of files.
    incidents(
      '$.scans[]',
      (outline) => outline.has('$.scans[].id', '$.scans[].total_incidents') || outline.has('$.scans', '$.secrets_engine_version'),
    ),
    incidents(
      '$',
      (outline) =>
        outline.has('$.entities_with_incidents') ||
        outline.has('$.total_incidents', '$.secrets_engine_version') ||
        outline.has('$.iac_engine_version'),
    ),
    {
      form: 'json',
      recognises: (outline) => outline.has('$.found_package_vulns', '$.scanned_files'),
      layout: {
        entries: ['$.found_package_vulns[].package_vulns[].vulns[]'],
        context: [
          '$.found_package_vulns[].location',
          ...['package_full_name', 'version', 'ecosystem'].map((name) => `$.found_package_vulns[].package_vulns[].${name}`),
        ],
      },
      read: readVulnerability,
    },
  ],
};

function incidents(scan: string, recognises: JsonVariant['recognises']): JsonVariant {
  const entity = `${scan}.entities_with_incidents[]`;
  return {
    form: 'json',
    recognises,
    layout: { entries: [`${entity}.incidents[]`], context: [`${entity}.filename`, `${scan}.id`, `${scan}.type`, `${scan}.extra_info`] },
    read: readIncident,
  };
}

function readIncident({ value, parents }: JsonEntry): Reading | readonly Reading[] {
  const path = textAt(parents.at(-1), 'filename');
  const scan = parents.at(-2);
  if (textAt(value, 'policy_id') !== undefined) return readMisconfiguration(value, path);
  const type = textAt(value, 'type') ?? textAt(value, 'detector_display_name');
  const occurrences = listAt(value, 'occurrences');
  const common: Draft = {
    kind: 'secret',
    rule: { id: type, name: textAt(value, 'policy') },
    title: type,
    severityLabel: textAt(value, 'validity') === 'valid' ? 'critical' : 'high',
    cwes: [798],
    references: textsAt(value, 'incident_url'),
    suppression: textAt(value, 'ignore_reason') === undefined ? undefined : { kind: 'suppressed', reason: textAt(value, 'ignore_reason') },
    foundAt: textAt(scan, 'extra_info', 'date'),
    identity: textAt(value, 'ignore_sha'),
  };
  const commit = textAt(scan, 'type') === 'commit' || /^[0-9a-f]{40}$/.test(textAt(scan, 'id') ?? '') ? textAt(scan, 'id') : undefined;
  if (occurrences.length === 0) return { ...common, location: { path, commit } };
  return occurrences.map((occurrence) => ({
    ...common,
    location: { path, line: lineAt(occurrence, 'line_start'), endLine: lineAt(occurrence, 'line_end'), commit },
    identity: common.identity ?? hashSecret(textAt(occurrence, 'match')),
  }));
}

function readMisconfiguration(value: unknown, path: string | undefined): Reading {
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'policy_id'), name: textAt(value, 'policy'), helpUri: textAt(value, 'documentation_url') },
    title: textAt(value, 'policy'),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    location: { path, line: lineAt(value, 'line_start'), endLine: lineAt(value, 'line_end'), resource: textAt(value, 'component') },
  };
}

function readVulnerability({ value, parents }: JsonEntry): Reading {
  const holder = parents.at(-1);
  const name = textAt(holder, 'package_full_name');
  const aliases = parseVulnerabilityIds(...textsAt(value, 'cve_ids'), textAt(value, 'identifier'));
  const fixed = textAt(value, 'fixed_version');
  return {
    kind: 'vulnerability',
    rule: { id: textAt(value, 'identifier') ?? aliases[0] },
    title: textAt(value, 'summary') ?? [aliases[0], name].filter((text) => text !== undefined).join(' in '),
    severity: textAt(value, 'severity'),
    aliases,
    package: {
      name,
      version: textAt(holder, 'version'),
      ecosystem: textAt(holder, 'ecosystem'),
      fixedVersions: fixed === undefined ? undefined : [fixed],
    },
    location: { path: textAt(parents.at(-2), 'location') },
    publishedAt: textAt(value, 'created_at'),
  };
}
