import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { buildProgram } from '../program.ts';
import { buildReference } from './build-reference.ts';
import { describeCommands, listCommands } from './describe-commands.ts';
import { createPlainContext } from './plain-context.ts';

test('docs/cli.md is what the program says of itself', () => {
  const file = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'cli.md');

  assert.equal(
    readFileSync(file, 'utf8'),
    buildReference(buildProgram(createPlainContext())),
    'Run: node apps/cli/src/reference/write-reference.ts',
  );
});

test('every command and option is described in the same style: lower case, no full stop', () => {
  for (const { path, summary, options } of listCommands(describeCommands(buildProgram(createPlainContext())))) {
    assert.match(summary, path.length === 1 ? /./ : /^[a-z].*[^.]$/, path.join(' '));
    for (const { long, description } of options) {
      assert.notEqual(description, '', `${path.join(' ')} ${long}`);
      assert.doesNotMatch(description, /^(?!Ed25519)[A-Z][a-z]|\.$/, `${path.join(' ')} ${long}`);
    }
  }
});
