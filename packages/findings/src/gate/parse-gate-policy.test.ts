import assert from 'node:assert/strict';
import test from 'node:test';
import { parseGatePolicy } from './parse-gate-policy.ts';

test('a policy is read from YAML and from JSON', () => {
  const policy = {
    version: 1,
    rules: [{ name: 'no secrets', kinds: ['secret'] }],
    waivers: [{ rule: 'x', owner: 'o', reason: 'r', until: '2026-12-31' }],
  };
  const yaml = `version: 1
rules:
  - name: no secrets
    kinds: [secret]
waivers:
  - { rule: x, owner: o, reason: r, until: 2026-12-31 }
`;

  assert.deepEqual(parseGatePolicy(yaml, 'gate.yaml'), policy);
  assert.deepEqual(parseGatePolicy(JSON.stringify(policy), 'gate.json'), policy);
});

const wrong: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  [
    'a setting that is none',
    'version: 1\nrules:\n  - name: a\n    severty: high\n',
    /^gate\.yaml:4: there is no setting "severty" here\.$/,
  ],
  [
    'a word that is none of the choices',
    'version: 1\nrules:\n  - name: a\n    severity: bad\n',
    /^gate\.yaml:4: severity must be one of critical, high, medium, low, info\.$/,
  ],
  ['a rule without a name', 'version: 1\nrules:\n  - name: a\n  - severity: high\n', /^gate\.yaml:4: name must be given\.$/],
  ['no rules', 'version: 1\nrules: []\n', /^gate\.yaml:2: rules /],
  ['another version', 'version: 2\nrules:\n  - name: a\n', /^gate\.yaml:1: version must be 1\.$/],
  [
    'a day that no calendar has',
    'version: 1\nrules: [{name: a}]\nwaivers:\n  - rule: x\n    owner: o\n    reason: r\n    until: 2026-02-30\n',
    /^gate\.yaml:7: until must be a day/,
  ],
  [
    'a waiver of everything',
    'version: 1\nrules: [{name: a}]\nwaivers:\n  - owner: o\n    reason: r\n    until: 2026-12-31\n',
    /^gate\.yaml:4: a waiver names/,
  ],
  [
    'a waiver that nobody owns',
    'version: 1\nrules: [{name: a}]\nwaivers:\n  - rule: x\n    reason: r\n    until: 2026-12-31\n',
    /^gate\.yaml:4: owner must be given\.$/,
  ],
  ['no YAML', 'version: 1\nrules: [\n', /^gate\.yaml:\d: is not YAML/],
  ['an alias', 'version: 1\nrules: &a\n  - name: a\nwaivers: *a\n', /^gate\.yaml:1: the policy /],
  ['nothing', '', /^gate\.yaml:1: the policy /],
  ['a list', '- a\n', /^gate\.yaml:1: the policy /],
];

for (const [name, text, message] of wrong) {
  test(`${name} is refused with its line`, () => {
    assert.throws(() => parseGatePolicy(text, 'gate.yaml'), { code: 'GATE_POLICY_INVALID', message });
  });
}

test('a policy with more unknown settings than a validator lists is refused', () => {
  const unknown = Array.from({ length: 40 }, (_, index) => `setting${index}: x\n`).join('');

  assert.throws(() => parseGatePolicy(`${unknown}version: 1\nrules: []\n`, 'gate.yaml'), {
    code: 'GATE_POLICY_INVALID',
    message: /there is no setting "setting0" here/,
  });
});
