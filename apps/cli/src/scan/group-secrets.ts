import { compareSeverity } from '@deployguard/findings';
import type { SecretFinding } from '@deployguard/secrets';

/** One value, wherever it stands: what a person decides about. */
export interface SecretGroup {
  /** Shown to the user and accepted by `--secret-id`: the first digits of the value's keyed hash. */
  readonly id: string;
  readonly valueHash: string;
  /** The finding that says most: the worst one, the one still in HEAD first. */
  readonly main: SecretFinding;
  /** All places; the main one first, those still in HEAD before the rest. */
  readonly findings: readonly SecretFinding[];
}

const shownDigits = 10;

/** What the user calls a secret. */
export function secretIdOf({ valueHash }: Pick<SecretFinding, 'valueHash'>): string {
  return valueHash.slice(0, shownDigits);
}

/** Puts the findings of one value together, the worst groups first, else in the order of the findings. */
export function groupSecrets(findings: Iterable<SecretFinding>): SecretGroup[] {
  const byValue = new Map<string, SecretFinding[]>();
  for (const finding of findings) {
    const known = byValue.get(finding.valueHash);
    if (known) known.push(finding);
    else byValue.set(finding.valueHash, [finding]);
  }
  return [...byValue.entries()]
    .map(([valueHash, members]) => {
      const sorted = members.toSorted((a, b) => compareSeverity(a.severity, b.severity) || Number(b.isInHead) - Number(a.isInHead));
      return { id: secretIdOf({ valueHash }), valueHash, main: sorted[0]!, findings: sorted };
    })
    .sort((a, b) => compareSeverity(a.main.severity, b.main.severity));
}
