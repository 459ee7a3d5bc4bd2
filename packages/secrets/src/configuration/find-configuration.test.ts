import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { configurationFileNames, findConfiguration } from './find-configuration.ts';

test('each of the names is found; two of them are an error that names both', () => {
  for (const [index, name] of configurationFileNames.entries()) {
    using directory = createTemporaryDirectory();
    assert.equal(findConfiguration(directory.path), undefined);
    writeFileSync(join(directory.path, name), '');

    assert.equal(findConfiguration(directory.path), join(directory.path, name));
    const other = configurationFileNames[(index + 1) % configurationFileNames.length]!;
    writeFileSync(join(directory.path, other), '');
    assert.throws(
      () => findConfiguration(directory.path),
      (error: Error & { code?: string }) =>
        error.code === 'CONFIGURATION_INVALID' && error.message.includes(name) && error.message.includes(other),
    );
  }
});

test('a link is no configuration file', () => {
  using directory = createTemporaryDirectory();
  writeFileSync(join(directory.path, '.deployguard.toml'), '');
  symlinkSync(join(directory.path, '.deployguard.toml'), join(directory.path, '.deployguard.yaml'));

  assert.equal(findConfiguration(directory.path), join(directory.path, '.deployguard.toml'));
});
