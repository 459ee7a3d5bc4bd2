import { createEgressPolicy, EgressError } from '@deployguard/egress';
import type { Config } from '../config-schema.ts';
import { checkCertificates } from './check-certificates.ts';
import { type Faults, joinFaults, noFaults, problem } from './faults.ts';

/** Whether each exception names a host, and the authorities are certificates. */
export async function checkEgress({ allow, caFile }: Config['egress']): Promise<Faults> {
  return joinFaults([
    problem(...allow.flatMap(describeFault)),
    caFile === undefined ? noFaults : await checkCertificates('egress.caFile', caFile),
  ]);
}

function describeFault(entry: string): string[] {
  try {
    createEgressPolicy({ allowHosts: [entry] });
    return [];
  } catch (error) {
    if (error instanceof EgressError) return [`egress.allow: ${error.message}`];
    throw error;
  }
}
