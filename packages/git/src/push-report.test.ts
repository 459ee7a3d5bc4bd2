import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePushReport, parseRemoteMessages } from './push-report.ts';

test('each line of a report becomes one ref with its status', () => {
  const report = [
    'To https://example.com/app.git',
    ' \trefs/heads/a:refs/heads/a\t1111111..2222222',
    '+\t3333:refs/heads/b\t1111111...3333333 (forced update)',
    '*\t3333:refs/tags/v1\t[new tag]',
    '-\t:refs/heads/old\t[deleted]',
    '=\t3333:refs/heads/c\t[up to date]',
    '!\t3333:refs/heads/d\t[remote rejected] (protected branch \u001b[31mhook\u0007 declined)',
    'Done',
    '',
  ].join('\n');

  assert.deepEqual(parsePushReport(Buffer.from(report)), [
    { name: 'refs/heads/a', status: 'updated' },
    { name: 'refs/heads/b', status: 'updated' },
    { name: 'refs/tags/v1', status: 'created' },
    { name: 'refs/heads/old', status: 'deleted' },
    { name: 'refs/heads/c', status: 'unchanged' },
    { name: 'refs/heads/d', status: 'rejected', reason: '[remote rejected] (protected branch hook declined)' },
  ]);
});

test('what is no report line is passed over', () => {
  assert.deepEqual(parsePushReport(Buffer.from('!\n\t\nerror: x\n?\ta:b\tc\n')), []);
});

test('what the remote says is told apart from what git says', () => {
  const stderr = 'Writing objects: 100% (3/3)\rremote: Hello\u001b[2J there  \nremote: \nerror: failed to push\n';

  assert.deepEqual(parseRemoteMessages(stderr), ['Hello there']);
});
