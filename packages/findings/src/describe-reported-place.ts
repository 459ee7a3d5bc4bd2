import type { ReportedFinding } from './reported-finding.ts';

/** Where a reported finding is, for people: `src/a.ts:3:14`, `lodash 4.17.11 in package-lock.json`, `https://example.org/login`, `10.0.0.1:443`. */
export function describeReportedPlace({ location = {}, package: pkg, asset }: ReportedFinding): string | undefined {
  const { path, line, column, url, method, host, port, resource } = location;
  const file =
    path === undefined ? undefined : [path, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
  const place =
    file ??
    (url === undefined ? undefined : [method, url].filter(Boolean).join(' ')) ??
    (host === undefined ? undefined : [host, port].filter(Boolean).join(':')) ??
    resource;
  const what = pkg && [pkg.name, pkg.version].filter(Boolean).join(' ');
  return [what, place ?? asset?.name].filter((part) => part !== undefined).join(' in ') || undefined;
}
