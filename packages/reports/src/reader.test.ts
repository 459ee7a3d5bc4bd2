import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

test('P16 what reads reports has no way to the network', () => {
  const seen = new Set<string>();
  const outside = new Set<string>();
  const follow = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?'([^']+)'/g)) {
      if (name.startsWith('.')) follow(join(dirname(path), name));
      else outside.add(name);
    }
  };

  follow(join(import.meta.dirname, 'reader.ts'));
  follow(join(import.meta.dirname, 'threads', 'help-reading.ts'));

  assert.ok(seen.size > 200, `${seen.size}`);
  const ways = /^(?:node:(?:net|http2?|https|tls|dgram|dns|child_process)|undici|@deployguard\/(?:egress|process|git))(?:\/|$)/;
  assert.deepEqual(
    [...outside].filter((name) => ways.test(name)),
    [],
  );
});
