import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Sample } from './sample.ts';
import { scopeOfText } from './scope-of.ts';

interface KingfisherRules {
  readonly rules: readonly {
    readonly id: string;
    /** `false` for the identifiers that only help to verify the secret of another rule. */
    readonly visible?: boolean;
    readonly categories?: readonly string[];
    readonly examples?: readonly string[];
    readonly negative_examples?: readonly string[];
  }[];
}

/** Examples and negative examples of kingfisher's built-in rules. */
export function readKingfisher(root: string): Sample[] {
  const folder = join(root, 'data/rules');
  return globSync('*.yml', { cwd: folder })
    .sort()
    .flatMap((file) => (parse(readFileSync(join(folder, file), 'utf8')) as KingfisherRules).rules.map((rule) => ({ file, rule })))
    .flatMap(({ file, rule }) => {
      const identifies = rule.visible === false || (rule.categories?.includes('identifier') && !rule.categories.includes('secret'));
      const toSample = (text: string, label: 'secret' | 'none'): Sample => {
        const outOfScope = label === 'none' ? undefined : identifies ? 'identifier' : scopeOfText(text);
        return { id: `${file} ${rule.id}`, kind: rule.id, content: Buffer.from(text), label, ...(outOfScope ? { outOfScope } : {}) };
      };
      return [
        ...(rule.examples ?? []).map((text) => toSample(text, 'secret')),
        ...(rule.negative_examples ?? []).map((text) => toSample(text, 'none')),
      ];
    });
}
