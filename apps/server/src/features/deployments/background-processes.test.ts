import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listBackground, scaleBackground } from './background-processes.ts';

const answer = (name: string, command = name) => ({ value: { name, command }, rule: 'procfile', confidence: 'high' as const });

test('one of each process of a Procfile runs, but for the one that users reach and those that people call by hand', () => {
  const processes = ['web', 'release', 'worker', 'console', 'rake', 'Mail_Queue'].map((name) => answer(name));

  assert.deepEqual(listBackground({ processes }, {}), {
    background: [
      { name: 'worker', command: 'worker', instances: 1 },
      { name: 'mail-queue', command: 'Mail_Queue', instances: 1 },
    ],
    remarks: [],
  });
});

test('the configuration says otherwise, adds others and leaves some out', () => {
  const processes = [answer('worker', 'old'), answer('clock')];
  const application = { processes: { worker: { command: 'new', instances: 3 }, clock: { instances: 0 }, extra: { command: 'more' } } };

  const { background } = listBackground({ processes }, { application });

  assert.deepEqual(background, [
    { name: 'worker', command: 'new', instances: 3 },
    { name: 'clock', command: 'clock', instances: 0 },
    { name: 'extra', command: 'more', instances: 1 },
  ]);
});

test('B5 of processes whose names become the same one runs, and the others are told', () => {
  const processes = [answer('a_b'), answer('A-B', 'second')];

  const { background, remarks } = listBackground({ processes }, { application: { processes: { unknown: {} } } });

  assert.deepEqual(
    background.map(({ command }) => command),
    ['a_b'],
  );
  assert.deepEqual(
    remarks.map((remark) => /^The process (\S+) does not run/.exec(remark)?.[1]),
    ['A-B', 'unknown'],
  );
});

test('what was chosen by hand counts for the processes that there are', () => {
  const background = [{ name: 'worker', command: 'work', instances: 1 }];

  assert.deepEqual(scaleBackground(background, { worker: 4, gone: 2 }), [{ name: 'worker', command: 'work', instances: 4 }]);
  assert.deepEqual(scaleBackground(background, {}), background);
});

test('a process may be called as what every object has', () => {
  const background = [{ name: 'constructor', command: 'construct', instances: 1 }];

  assert.deepEqual(scaleBackground(background, {}), background);
});
