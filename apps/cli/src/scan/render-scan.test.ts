import assert from 'node:assert/strict';
import test from 'node:test';
import { type SecretFinding, SecretValue } from '@deployguard/secrets';
import { createTerminal } from '../terminal/terminal.ts';
import { groupSecrets } from './group-secrets.ts';
import { renderScan } from './render-scan.ts';

const commit = { id: 'c'.repeat(40), authorName: 'Jane Doe', authorEmail: 'jane@example.org', date: '2026-01-31T10:00:00Z', subject: 's' };

function aSecret(changes: Partial<SecretFinding>): SecretFinding {
  return {
    id: '0'.repeat(16),
    kind: 'secret',
    tool: 'deployguard',
    ruleId: 'acme',
    title: 'Acme token',
    description: '',
    severity: 'high',
    location: { path: 'src/a.ts', line: 3, column: 14, commit },
    provider: 'Acme',
    precision: 'exact',
    carrier: 'file',
    encodings: [],
    preview: 'acm...xyz',
    valueHash: 'f'.repeat(64),
    objectCount: 1,
    commitCount: 1,
    isInHead: true,
    secret: new SecretValue('x'),
    ...changes,
  };
}

function render(findings: readonly SecretFinding[], columns = 80, environment: Record<string, string> = {}): string {
  const terminal = createTerminal({ isTTY: true, columns, write: () => true }, { LANG: 'C.UTF-8', NO_COLOR: '1', ...environment });
  const coverage = {
    objects: {
      blob: { seen: 1, scanned: 1, bytes: 1_500_000 },
      tree: { seen: 0, scanned: 0, bytes: 0 },
      commit: { seen: 0, scanned: 0, bytes: 0 },
      tag: { seen: 0, scanned: 0, bytes: 0 },
    },
    refs: 2,
    skipped: [{ what: 'blob', reason: 'too large', count: 1 }],
  };
  const view = {
    groups: groupSecrets(findings),
    dropped: [],
    coverage,
    durationSeconds: 0.5,
    showValue: ({ preview }: SecretFinding) => preview,
    isQuiet: false,
    nextSteps: [],
  };
  return [...renderScan(view, terminal)].join('');
}

test('one value is one block with its places, those in HEAD first; the worst block comes first', () => {
  const text = render([
    aSecret({ location: { path: 'old.ts', line: 1, column: 1, commit }, isInHead: false, commitCount: 17 }),
    aSecret({}),
    aSecret({
      title: 'Bad token',
      severity: 'critical',
      valueHash: 'e'.repeat(64),
      carrier: 'commit-message',
      location: { commit },
      encodings: ['base64'],
      isInHead: false,
    }),
  ]);

  assert.equal(
    text,
    [
      `▌ CRITICAL  Bad token${' '.repeat(48)}eeeeeeeeee`,
      '▌ acm...xyz',
      '▌   commit message ccccccc (base64)  history',
      '▌ first ccccccc  2026-01-31  Jane Doe',
      '',
      `▌ HIGH  Acme token${' '.repeat(51)}ffffffffff`,
      '▌ acm...xyz',
      '▌   src/a.ts:3:14  in HEAD',
      '▌   old.ts:1:1     history, 17 commits',
      '▌ first ccccccc  2026-01-31  Jane Doe',
      '',
      '2 secrets in 3 places  1 critical · 1 high',
      'Read 1 object of 2 refs, 1.50 MB in 0.50 s (3.00 MB/s).',
      'Left out: blob (too large), 1 time.',
      '',
    ].join('\n'),
  );
});

test('many places are counted, one more is shown instead of counted', () => {
  const places = (count: number) => Array.from({ length: count }, (_, index) => aSecret({ location: { path: `${index}.ts`, line: 1 } }));

  assert.match(render(places(7)), /and 3 more places\n/);
  assert.doesNotMatch(render(places(5)), /more place/);
});

for (const columns of [40, 60, 80, 200]) {
  test(`no line of a block is wider than a terminal of ${columns} columns`, () => {
    const long = 'very-long-name/'.repeat(20);
    const text = render(
      [
        aSecret({
          title: 'A title of many words '.repeat(8),
          location: { path: `${long}日本語.ts`, line: 1, commit: { ...commit, authorName: 'Name '.repeat(60) } },
        }),
      ],
      columns,
    );

    for (const line of text.split('\n').filter((part) => part.startsWith('▌'))) assert.ok([...line].length <= columns, line);
    assert.match(text, /日本語\.ts:1/, 'the end of a path is what tells it');
  });
}

test('without UTF-8 everything of ours is ASCII', () => {
  assert.match(render([aSecret({})], 80, { LANG: 'C' }), /^[\x20-\x7e\n]*$/);
});
