import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration } from './parse-configuration.ts';

const options = { fileName: '.deployguard.toml', today: '2026-06-01', knownRules: ['github-refresh-token', 'npm-access-token'] };

test('a TOML file and the YAML file of the same content give the same configuration', () => {
  const toml = parseConfiguration(
    '[rules]\ndisable = ["npm-access-token"]\n[[rule]]\nid = "acme-token"\ntitle = "Acme token"\nkeywords = ["acme_"]\nexpression = "acme_[a-z]{8}"\n',
    options,
  );
  const yaml = parseConfiguration(
    'rules:\n  disable: [npm-access-token]\nrule:\n  - id: acme-token\n    title: Acme token\n    keywords: [acme_]\n    expression: "acme_[a-z]{8}"\n',
    { ...options, fileName: '.deployguard.yaml' },
  );

  assert.deepEqual(toml, yaml);
  assert.deepEqual(toml.detector.disabledRules, ['npm-access-token']);
  assert.equal(toml.detector.userRules?.[0]?.id, 'acme-token');
});

test('an allow entry covers what all of its lists cover', () => {
  const [allowance] = parseConfiguration(
    '[[allow]]\ndescription = "fixtures"\npaths = ["test/**"]\nvalues = ["^EXAMPLE"]\n',
    options,
  ).allowances;
  const finding = { id: '0123456789abcdef', ruleId: 'npm-access-token' };

  assert.equal(allowance!.covers(finding, { place: 'test/a/b.ts', secret: 'EXAMPLE-1' }), true);
  assert.equal(allowance!.covers(finding, { place: 'src/b.ts', secret: 'EXAMPLE-1' }), false);
  assert.equal(allowance!.covers(finding, { place: 'test/a/b.ts', secret: 'real' }), false);
});

test('an allow entry holds until the day before it expires', () => {
  const text = '[[allow]]\ndescription = "rotating"\nrules = ["npm-access-token"]\nexpires = "2026-06-02"\n';
  const finding = { id: '0123456789abcdef', ruleId: 'npm-access-token' };
  const seen = { place: 'a', secret: 's' };

  assert.equal(parseConfiguration(text, options).allowances[0]!.covers(finding, seen), true);
  assert.equal(parseConfiguration(text, { ...options, today: '2026-06-02' }).allowances[0]!.covers(finding, seen), false);
});

test('errors name the place and suggest the right name', () => {
  const errors = new Map([
    ['rulez = 1', /the file: unknown key 'rulez'\. Did you mean 'rules'\?/],
    ['[rules]\ndisabled = ["npm-access-token"]', /rules: unknown key 'disabled'\. Did you mean 'disable'\?/],
    ['[rules]\ndisable = ["npm-acces-token"]', /rules\.disable: there is no rule 'npm-acces-token'\. Did you mean 'npm-access-token'\?/],
    ['[[allow]]\ndescription = "x"', /allow\[0\]: says what is allowed by none/],
    ['[[allow]]\ndescription = "x"\nvalues = ["("]', /allow\[0\]\.values\[0\]: not an RE2 expression/],
    ['[[allow]]\ndescription = "x"\nvalues = ["(?=a)"]', /allow\[0\]\.values\[0\]: not an RE2 expression/],
    ['[[rule]]\nid = "A"\ntitle = "t"\nexpression = "e"', /rule\[0\]\.id/],
    ['[rules', /\.deployguard\.toml: /],
  ]);

  for (const [text, message] of errors) assert.throws(() => parseConfiguration(text, options), { code: 'CONFIGURATION_INVALID', message });
});

test('no expression of an allow entry can hang a scan', () => {
  const [allowance] = parseConfiguration('[[allow]]\ndescription = "evil"\nvalues = ["^(a+)+$"]\n', options).allowances;

  const covers = allowance!.covers({ id: '', ruleId: '' }, { place: '', secret: `${'a'.repeat(50_000)}!` });

  assert.equal(covers, false);
});

test('a path pattern that can match nothing is refused with the reason', () => {
  const faults: Record<string, RegExp> = {
    'src/[a-z': /'\[' is never closed/,
    'src/[z-a].ts': /goes backward/,
    '**/*.{js,ts': /no counterpart/,
    '**/*.js}': /no counterpart/,
    '}{': /no counterpart/,
    'src/\\': /backslash/,
    '/src/**': /without \/ or \.\//,
    './src/**': /without \/ or \.\//,
    'src/': /write 'src\/\*\*'/,
  };
  const fine = ['src/**', '**/*.{js,ts}', '{a,{b,c}}/d', 'app/[slug]/page.ts', 'a[]b]c', '[!a-c]*', 'a\\[b', 'a\\{b', 'a-b', '**'];
  const parse = (path: string): unknown =>
    parseConfiguration(JSON.stringify({ allow: [{ description: 'x', paths: [path] }] }), { ...options, fileName: 'a.yaml' });

  for (const [path, message] of Object.entries(faults))
    assert.throws(
      () => parse(path),
      (error: Error) => error.message.startsWith('a.yaml: allow[0].paths[0]: ') && message.test(error.message),
      path,
    );
  for (const path of fine) assert.doesNotThrow(() => parse(path), path);
});
