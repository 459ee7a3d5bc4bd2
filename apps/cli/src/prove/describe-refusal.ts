import { neutralizeText } from '@deployguard/reports';
import type { RefusedResult } from '@deployguard/secrets';

/** Why there is nothing to rely on, result by result. */
export function describeRefusal(path: string, refused: readonly RefusedResult[]): string {
  if (refused.length === 0) return `There is no cleaned result of ${path}. Make one with \`deployguard clean\`.`;
  return [`No cleaned result of ${path} is proven:`, ...refused.map((result) => `  ${result.path}: ${neutralizeText(result.why)}`)].join(
    '\n',
  );
}
