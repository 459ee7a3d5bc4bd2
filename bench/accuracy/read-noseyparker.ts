import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Sample, ScopeCategory } from './sample.ts';
import { scopeOfText } from './scope-of.ts';

interface NoseyRules {
  readonly rules: readonly {
    readonly id: string;
    readonly categories?: readonly string[];
    readonly examples?: readonly string[];
    readonly negative_examples?: readonly string[];
  }[];
}

/** Examples and negative examples of noseyparker's built-in rules. */
export function readNoseyparker(root: string): Sample[] {
  const folder = join(root, 'crates/noseyparker/data/default/builtin/rules');
  return globSync('*.yml', { cwd: folder })
    .sort()
    .flatMap((file) => {
      const { rules } = parse(readFileSync(join(folder, file), 'utf8')) as NoseyRules;
      return rules.flatMap((rule) => {
        const category = categoryOf(rule.categories ?? [], rule.id);
        const positives = (rule.examples ?? []).map((text): Sample => {
          const outOfScope = category ?? scopeOfText(text);
          return {
            id: `${file} ${rule.id}`,
            kind: rule.id,
            content: Buffer.from(text),
            label: 'secret',
            ...(outOfScope ? { outOfScope } : {}),
          };
        });
        const negatives = (rule.negative_examples ?? []).map((text): Sample => ({
          id: `${file} ${rule.id}`,
          kind: rule.id,
          content: Buffer.from(text),
          label: 'none',
        }));
        return [...positives, ...negatives];
      });
    });
}

/** The rules' own categories; access key ids of AWS are in scope all the same. */
function categoryOf(categories: readonly string[], id: string): ScopeCategory | undefined {
  if (categories.includes('hashed')) return 'hash';
  return categories.includes('identifier') && !categories.includes('secret') && id !== 'np.aws.1' ? 'identifier' : undefined;
}
