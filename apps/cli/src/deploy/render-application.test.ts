import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Application } from '@deployguard/contracts';
import { createTerminal } from '../terminal/terminal.ts';
import { applicationColumns, renderApplication } from './render-application.ts';

const pipe = createTerminal({ write: () => true }, {});

function anApplicationAnswer(change: Partial<Application>): Application {
  return {
    id: '01990000-0000-7000-8000-000000000000',
    name: 'shop',
    target: 'process',
    url: 'http://shop.localhost',
    domains: [],
    state: 'running',
    instances: null,
    processes: { web: 1 },
    instance_states: [],
    current_release_id: null,
    current_deployment_id: null,
    is_changing: false,
    is_being_destroyed: false,
    created_at: '2026-11-23T12:00:00.000Z',
    updated_at: '2026-11-23T12:00:00.000Z',
    ...change,
  };
}

test('the state of an application says what is under way with it, and that it is being destroyed before all else', () => {
  const listed = (change: Partial<Application>) =>
    applicationColumns.find(([heading]) => heading === 'STATE')![1](anApplicationAnswer(change));
  const shown = (change: Partial<Application>) => /^state +(.*)$/m.exec(renderApplication(anApplicationAnswer(change), pipe))?.[1];
  const states = [{}, { is_changing: true }, { is_changing: true, is_being_destroyed: true }];

  assert.deepEqual(states.map(listed), ['running', 'running, changing', 'being destroyed']);
  assert.deepEqual(states.map(shown), ['running', 'running, something is under way', 'being destroyed']);
});
