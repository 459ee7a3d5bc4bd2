import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { quotePath, unquotePath } from './quote-path.ts';

const repository = mkdtempSync(join(tmpdir(), 'deployguard-quote-'));
test.after(() => rmSync(repository, { recursive: true }));
execFileSync('git', ['init', '--quiet', '--bare', repository]);

const gitOptions = (input: string) => ({
  cwd: repository,
  input: Buffer.from(input, 'latin1'),
  encoding: 'latin1' as const,
  env: { PATH: process.env['PATH'], HOME: repository, GIT_CONFIG_NOSYSTEM: '1' },
});

const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

test('UTF-8 is written as it is, whatever it holds', () => {
  for (const path of ['a.txt', 'größe/日本.txt', 'with "quotes" and \\ inside', 'line\nfeed', '']) {
    assert.equal(quotePath(bytesOf(path)), path);
    assert.equal(unquotePath(path), bytesOf(path));
  }
});

test('other paths are written as git writes them, and so are those that begin with a quote', () => {
  const paths = ['x\xff.txt', 'caf\xe9/\t\n\v\f\r\b\x07\x01\x7f\\"', '"x', '"x\\377.txt"', '\xc3\xa9\xff', '[a] ~!#$%&'.concat('\xfe')];

  for (const path of paths) {
    // `git ls-files` quotes with core.quotePath, its default.
    const tree = execFileSync('git', ['hash-object', '-t', 'tree', '--stdin', '-w'], gitOptions(`100644 ${path}\0${'\x01'.repeat(20)}`));
    const listed = execFileSync('git', ['ls-tree', '--name-only', tree.trim()], gitOptions(''));
    assert.equal(quotePath(path), listed.trimEnd());
    assert.equal(unquotePath(quotePath(path)), path);
  }
});

test('no two paths look alike, and each leads back to its bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array).toString('latin1'));
  const hostile = fc.array(fc.constantFrom('"', '\\', '3', '7', 'n', 'a', '\xff', '\n', '\xc3', '\xa9')).map((parts) => parts.join(''));

  fc.assert(fc.property(fc.oneof(bytes, hostile), (path) => unquotePath(quotePath(path)) === path));
});
