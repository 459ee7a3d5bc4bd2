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
    readonly examples?: readonly string[];
  }[];
}

/** Examples of kingfisher's built-in rules; it has no negative ones. */
export function readKingfisher(root: string): Sample[] {
  const folder = join(root, 'data/rules');
  return globSync('*.yml', { cwd: folder })
    .sort()
    .flatMap((file) => (parse(readFileSync(join(folder, file), 'utf8')) as KingfisherRules).rules.map((rule) => ({ file, rule })))
    .flatMap(({ file, rule: { id, visible = true, examples = [] } }) =>
      examples.map((text): Sample => {
        const outOfScope = visible ? scopeOfText(text) : 'identifier';
        return { id: `${file} ${id}`, kind: id, content: Buffer.from(text), label: 'secret', ...(outOfScope ? { outOfScope } : {}) };
      }),
    );
}
