import type { SecretFinding } from '../secret-finding.ts';

/** The secrets of one kind, and how to make them worthless. */
export interface SecretRotation {
  readonly title: string;
  readonly provider: string;
  /** First and last characters of each, as far as they are long enough. */
  readonly previews: readonly string[];
  /** In the imperative, in order. */
  readonly steps: readonly string[];
  readonly urls: readonly string[];
}

type RotatableFinding = Pick<SecretFinding, 'ruleId' | 'title' | 'provider' | 'preview' | 'guidance' | 'references' | 'isInHead'>;

const generalSteps = [
  'Find out what the secret opens and who uses it.',
  'Replace it there, and put the new one into the programs that need it, not into the repository.',
  'Make the old one invalid, and look through the logs for its use by strangers.',
];

/** One entry a kind of secret, those still in use (at the tip of the default branch) first. */
export function listRotations(findings: readonly RotatableFinding[]): SecretRotation[] {
  const byRule = new Map<string, RotatableFinding[]>();
  for (const finding of findings) byRule.set(finding.ruleId, [...(byRule.get(finding.ruleId) ?? []), finding]);
  const groups = [...byRule.values()].sort((a, b) => Number(b.some(isCurrent)) - Number(a.some(isCurrent)));
  return groups.map((group) => {
    const [{ title, provider, guidance, references }] = group as [RotatableFinding];
    return {
      title,
      provider,
      previews: [...new Set(group.map(({ preview }) => preview))].sort(),
      steps: guidance?.length ? guidance : generalSteps,
      urls: references ?? [],
    };
  });
}

function isCurrent({ isInHead }: RotatableFinding): boolean {
  return isInHead;
}
