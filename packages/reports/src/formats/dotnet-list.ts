import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of `dotnet list package --vulnerable --include-transitive --format json`. */
export const dotnetList: Format = {
  id: 'dotnet-list',
  name: 'dotnet list package',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.matches('$.parameters', /--vulnerable/) && outline.has('$.projects'),
      layout: {
        entries: ['topLevelPackages', 'transitivePackages'].map((name) => `$.projects[].frameworks[].${name}[]`).concat('$.problems[]'),
        context: ['$.projects[].path', '$.projects[].frameworks[].framework'],
      },
      read: readPackage,
    },
  ],
};

function readPackage({ path, value, parents }: JsonEntry): Reading | Reading[] {
  if (path === '$.problems[]')
    return textAt(value, 'level') === 'error' ? { missing: 'project that could not be read' } : { skipped: 'problem that is no finding' };
  const [project, framework] = parents.slice(-2);
  const name = textAt(value, 'id');
  const vulnerabilities = listAt(value, 'vulnerabilities');
  if (vulnerabilities.length === 0 && name !== undefined) return { skipped: 'package without vulnerabilities' };
  return vulnerabilities.map((vulnerability) => {
    const url = textAt(vulnerability, 'advisoryurl') ?? textAt(vulnerability, 'advisoryUrl');
    const [id] = parseVulnerabilityIds(url);
    return {
      kind: 'vulnerability',
      rule: { id: id ?? url, helpUri: url },
      title: [id ?? 'Vulnerability', name].filter(Boolean).join(' in '),
      severity: textAt(vulnerability, 'severity'),
      aliases: parseVulnerabilityIds(url),
      package: { name, version: textAt(value, 'resolvedVersion'), ecosystem: 'NuGet' },
      location: { path: textAt(project, 'path'), resource: textAt(framework, 'framework') },
      references: url === undefined ? [] : [url],
    };
  });
}
