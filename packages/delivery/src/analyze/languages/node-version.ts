import { subset, validRange } from 'semver';
import type { Answer } from '../answer.ts';
import { findVersion } from '../find-version.ts';
import type { Project } from '../project.ts';

/** The version that is in use, when `engines` allows it, else what `engines` asks for. */
export function findNodeVersion(project: Project, engine: unknown): Answer<string> | undefined {
  const range = findVersion(project, [{ file: 'package.json', value: engine, rule: 'node-engines', at: '"engines"' }]);
  const used = findVersion(project, [
    { file: '.nvmrc', rule: 'node-nvmrc' },
    { file: '.node-version', rule: 'node-version-file' },
    { file: '.tool-versions', expression: /^(?:nodejs|node)\s+(\S+)/m, rule: 'tool-versions' },
    { file: 'mise.toml', expression: /^(?:nodejs|node)\s*=\s*"([^"]+)"/m, rule: 'mise' },
  ]);
  if (range === undefined || used === undefined) return range ?? used;
  const areRanges = [used, range].every(({ value }) => value.length <= maxCharacters && validRange(value) !== null);
  return areRanges && subset(used.value, range.value) ? used : range;
}

/** Of what is compared: ranges of many parts take long. */
const maxCharacters = 100;
