import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parsePythonCases, readConstants } from './parse-python-cases.ts';
import type { PythonValue } from './parse-python-cases.ts';
import type { Sample, ScopeCategory } from './sample.ts';
import { scopeOf, scopeOfText } from './scope-of.ts';

/** Whole plugins about something else than a secret's form or name. */
const outOfScopePlugins: Readonly<Record<string, ScopeCategory>> = {
  ip_public: 'identifier',
  high_entropy_strings: 'shapeless',
  base: 'policy',
};

/** Lines that the tests of the plugins are parametrised with. */
export function readDetectSecrets(root: string): Sample[] {
  return globSync('tests/plugins/*_test.py', { cwd: root })
    .sort()
    .flatMap((file) => {
      const plugin = basename(file, '_test.py');
      const source = readFileSync(join(root, file), 'utf8');
      if (plugin in outOfScopePlugins) return [];
      return plugin === 'keyword' ? readKeywordCases(source) : readFlaggedCases(plugin, source);
    });
}

function readFlaggedCases(plugin: string, source: string): Sample[] {
  return parsePythonCases(source)
    .filter(({ names }) => /^(?:payload|line|file_content)$/.test(names[0]!) && (names.length === 1 || names[1] === 'should_flag'))
    .flatMap(({ names, cases }) => cases.map((item) => (names.length === 1 ? [item, true] : (item as readonly PythonValue[]))))
    .filter((item): item is readonly [string, boolean] => typeof item[0] === 'string' && typeof item[1] === 'boolean')
    .map(([text, isSecret]) => toSample(plugin, text, isSecret, isSecret ? scopeOfText(text) : undefined));
}

/** Lists of `(line, expected value or None)`. The lists differ in the kinds of files they are for; here they are lines. */
function readKeywordCases(source: string): Sample[] {
  return [...readConstants(source)]
    .filter(([name]) => name.endsWith('_TEST_CASES'))
    .flatMap(([, cases]) => cases as readonly (readonly PythonValue[])[])
    .filter((item) => Array.isArray(item) && typeof item[0] === 'string' && item[1] !== undefined)
    .map(([text, expected]) => {
      const outOfScope = typeof expected === 'string' ? scopeOf(expected) : undefined;
      return toSample('keyword', text as string, expected !== null, outOfScope);
    });
}

function toSample(plugin: string, text: string, isSecret: boolean, outOfScope: ScopeCategory | undefined): Sample {
  return {
    id: `${plugin}_test.py`,
    kind: plugin,
    content: Buffer.from(text),
    label: isSecret ? 'secret' : 'none',
    ...(outOfScope ? { outOfScope } : {}),
  };
}
