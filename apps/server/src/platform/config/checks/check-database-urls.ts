import { Client } from 'pg';
import type { Config } from '../config-schema.ts';
import { type Faults, problem } from './faults.ts';

/** Whether the driver can read the addresses, and the files that they may name. Nothing is connected to. */
export function checkDatabaseUrls({ url, migrationUrl, listenUrl }: Config['database']): Faults {
  const urls = { 'database.url': url, 'database.migrationUrl': migrationUrl, 'database.listenUrl': listenUrl };
  return problem(
    ...Object.entries(urls).flatMap(([setting, value]) => {
      const fault = value === undefined ? undefined : describeFault(value);
      return fault === undefined ? [] : [`${setting}: ${fault}`];
    }),
  );
}

function describeFault(url: string): string | undefined {
  try {
    const client = new Client({ connectionString: url });
    return client.port > 0 ? undefined : 'it names no port that there is.';
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    return path === undefined
      ? 'the driver cannot read what stands behind "?" in it. Correct its parameters.'
      : `it names the file ${path}, which cannot be read (${code}). Correct the path, or the rights of the file.`;
  }
}
