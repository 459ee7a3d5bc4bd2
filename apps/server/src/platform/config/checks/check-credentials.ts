import { describeCredentialsFault } from '../../credentials/index.ts';
import type { Config } from '../config-schema.ts';
import { type Faults, noFaults, problem } from './faults.ts';

/** Whether the file with credentials can be used, each of them. */
export async function checkCredentials({ credentialsFile }: Config['auth']): Promise<Faults> {
  if (credentialsFile === undefined) return noFaults;
  const fault = await describeCredentialsFault(credentialsFile);
  return fault === undefined ? noFaults : problem(`auth.credentialsFile: ${credentialsFile}: ${fault}`);
}
