import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/** Reports of `pip-audit --format json`: of 2 and later, and the list of packages that 1 wrote. */
export const pipAudit: Format = {
  id: 'pip-audit',
  name: 'pip-audit',
  variants: [variant('$.dependencies[]', ['$.fixes']), variant('$[]', [])],
};

function variant(path: string, further: readonly string[]): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${path}.name`, ...further) && (outline.hasList(`${path}.vulns`) || outline.has(`${path}.skip_reason`)),
    layout: { entries: [path] },
    read({ value }): Reading | Reading[] {
      const name = textAt(value, 'name');
      if (textAt(value, 'skip_reason') !== undefined) return { skipped: 'package that was not audited' };
      const found = listAt(value, 'vulns').map((vulnerability) => readVulnerability(vulnerability, name, textAt(value, 'version')));
      return found.length === 0 && name !== undefined ? { skipped: 'package without vulnerabilities' } : found;
    },
  };
}

function readVulnerability(value: unknown, name: string | undefined, version: string | undefined): Draft {
  const id = textAt(value, 'id');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: id && `https://osv.dev/vulnerability/${id}` },
    title: [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    aliases: parseVulnerabilityIds(id, ...textsAt(value, 'aliases')),
    package: { name, version, ecosystem: 'PyPI', fixedVersions: textsAt(value, 'fix_versions') },
  };
}
