import { dirname } from 'node:path';

/** Where programs are found for builds and applications: as for the service itself, and its own Node before any other. */
export function findSearchPath(): string {
  const given = (process.env['PATH'] ?? '').split(':').filter((path) => path.startsWith('/'));
  return [...new Set([dirname(process.execPath), ...given, '/usr/local/bin', '/usr/bin', '/bin'])].join(':');
}
