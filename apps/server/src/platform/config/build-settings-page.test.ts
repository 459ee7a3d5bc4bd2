import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildSettingsPage } from './build-settings-page.ts';
import { listSettings } from './list-settings.ts';

test('docs/settings.md is that of the program', () => {
  const file = join(import.meta.dirname, '..', '..', '..', '..', '..', 'docs', 'settings.md');

  assert.ok(readFileSync(file, 'utf8') === buildSettingsPage(), 'run npm run settings --workspace @deployguard/server');
});

test('every setting says what it is', () => {
  assert.deepEqual(
    listSettings()
      .filter(({ schema }) => !schema.description)
      .map(({ name }) => name),
    [],
  );
});
