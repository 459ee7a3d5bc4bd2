import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { runBareGit } from './git.ts';
import { parseConfig } from './parse-config.ts';

const configs = [
  '[core]\n\tbare = true\n\trepositoryformatversion = 0\n',
  '[Core] Bare\n[remote "Origin.x"]\n  URL = a b # comment\n  url="q;uo#ted" ; c\n',
  '[a]\nx = one \\\n two\ny = "tab\\there\\n\\"quoted\\" \\\\"\n',
  '# comment\n; comment\n[a "b\\"c\\\\d"] k = v\n',
  '\ufeff[extensions]\r\n\tobjectFormat = sha256\r\n\tpartialClone = origin\r\n',
  '[a.b]\nk = deprecated subsection\n[a]\n\n\nk=\n',
];

test('settings are read as git reads them', async () => {
  using work = createTemporaryDirectory();
  const file = join(work.path, 'config');

  for (const text of configs) {
    writeFileSync(file, text);
    const listed = await runBareGit(['config', '--file', file, '--list', '-z'], { homeDirectory: work.path });
    const expected = listed
      .toString()
      .split('\0')
      .slice(0, -1)
      .map((entry) => entry.split('\n', 1).concat(entry.includes('\n') ? entry.slice(entry.indexOf('\n') + 1) : 'true'));
    const parsed = [...parseConfig(text)].flatMap(([key, values]) => values.map((value) => [key, value]));
    assert.deepEqual(parsed, expected, text);
  }
});

test('nonsense is no setting and no error', () => {
  assert.deepEqual([...parseConfig('nonsense\n[\n= x\n[a\nb = c\n]\n\0')], []);
});
