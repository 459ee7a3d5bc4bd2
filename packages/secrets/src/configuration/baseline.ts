import { randomBytes } from 'node:crypto';
import type { SecretFinding } from '../secret-finding.ts';

/**
 * Findings that were there before: a scan with a baseline reports only what is new. Entries are content fingerprints, so they outlive
 * line shifts, rebases and squashes, and a new secret in a known place is still new.
 */
export interface Baseline {
  /** Key of the fingerprints. Random, so that ids say nothing about values to those who do not have the file. */
  readonly salt: Buffer;
  readonly entries: readonly { readonly id: string; readonly ruleId: string; readonly path?: string }[];
}

export function createBaselineSalt(): Buffer {
  return randomBytes(32);
}

/** The baseline file of these findings, which must have been fingerprinted with `salt`. Sorted, one entry a line: merges stay small. */
export function buildBaseline(salt: Buffer, findings: readonly SecretFinding[]): string {
  const entries = findings.map(({ id, ruleId, location }) => ({
    id,
    ruleId,
    ...(location.path === undefined ? {} : { path: location.path }),
  }));
  entries.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const lines = entries.map((entry) => `    ${JSON.stringify(entry)}`);
  return `{\n  "schemaVersion": 1,\n  "salt": "${salt.toString('hex')}",\n  "findings": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`;
}
