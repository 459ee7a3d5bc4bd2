import { type DroppedFinding, explainDrop } from '@deployguard/secrets';

/** Why something that a rule recognised is not reported, in a sentence. */
export function explainReason({ reason, allowedBy }: Pick<DroppedFinding, 'reason' | 'allowedBy'>): string {
  switch (reason) {
    case 'allowed':
      return `The configuration allows it: ${allowedBy ?? 'no description'}.`;
    case 'inline-allow':
      return 'Its line says `deployguard:allow`.';
    case 'other-path':
      return 'The rule is for other files.';
    default:
      return explainDrop(reason);
  }
}
