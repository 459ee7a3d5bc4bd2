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

test('values of an allow entry may be beyond ASCII, as text in UTF-8 or Latin-1', () => {
  const [allowance] = parseConfiguration('[[allow]]\ndescription = "x"\nvalues = ["^clé-.{5}$"]\n', options).allowances;
  const covers = (secret: string): boolean => allowance!.covers({ id: '', ruleId: '' }, { place: 'a', secret });

  assert.equal(covers(Buffer.from('clé-größe').toString('latin1')), true);
  assert.equal(covers('cl\xe9-12345'), true);
  assert.equal(covers('cle-12345'), false);
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
    ['rulez = 1', /^\.deployguard\.toml:1: the file: unknown key 'rulez'\. Did you mean 'rules'\?/],
    ['[rules]\ndisabled = ["npm-access-token"]', /rules: unknown key 'disabled'\. Did you mean 'disable'\?/],
    ['[rules]\ndisable = ["npm-acces-token"]', /rules\.disable: there is no rule 'npm-acces-token'\. Did you mean 'npm-access-token'\?/],
    ['[[allow]]\ndescription = "x"', /allow\[0\]: says what is allowed by none/],
    ['[[allow]]\ndescription = "x"\nvalues = ["("]', /allow\[0\]\.values\[0\]: not an RE2 expression/],
    ['[[allow]]\ndescription = "x"\nvalues = ["(?=a)"]', /allow\[0\]\.values\[0\]: not an RE2 expression/],
    ['[[rule]]\nid = "A"\ntitle = "t"\nexpression = "e"', /rule\[0\]\.id/],
    ['[[allowlist]]\n', /the file: unknown key 'allowlist'\. Did you mean 'allow'\?/],
    ['Rules = 1', /Did you mean 'rules'\?/],
    ['[rules]\nonly = []', /rules\.only: is empty/],
    ['[[rules]]\nid = "a"', /rules: must be a table/],
    ['[rule]\nid = "a"', /rule: must be a list \(in TOML: \[\[rule\]\]\)/],
    ['[[rule]]\nid = "a"\ntitle = "t"\nexpression = "(a"', /rule\[0\]: Rule 'a': not an RE2 expression/],
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
      (error: Error) => error.message.startsWith('a.yaml:1: allow[0].paths[0]: ') && message.test(error.message),
      path,
    );
  for (const path of fine) assert.doesNotThrow(() => parse(path), path);
});

test('nothing needs to be disabled', () => {
  assert.deepEqual(parseConfiguration('[rules]\ndisable = []\n', options).detector, { disabledRules: [] });
});

test('a text that cannot be read is told with line and column', () => {
  const texts: readonly (readonly [fileName: string, text: string, message: RegExp])[] = [
    ['a.toml', '[rules]\ndisable = ["a"\n\n[[rule]]\n', /^a\.toml:4:1: expected comma or end of structure\.$/],
    ['a.toml', '[rules', /^a\.toml:1:\d+: [^\n]+\.$/],
    ['a.yaml', 'rules:\n  only: [a\nallow: }\n', /^a\.yaml:3:1: [^\n]+\.(?:\na\.yaml:\d+:\d+: [^\n]+\.)*$/],
    ['a.yaml', 'rules: &a {}\nrule: *a\n', /^a\.yaml: Alias/],
  ];

  for (const [fileName, text, message] of texts)
    assert.throws(() => parseConfiguration(text, { ...options, fileName }), { code: 'CONFIGURATION_INVALID', message });
});

test('all faults are told at once, each with its line, in TOML as in YAML', () => {
  const toml = `# settings
unknown = true
[rules]
disable = [
  "npm-acces-token",
]
[[rule]]
id = "A"
title = '''
id = "no key"
'''
severity = "hihg"
keywords = ["ab"]
[[rule]]
id = "fine"
title = "t"
expression = "fine_[a-z]+"
wieght = 3
[[allow]]
description = "d"
[[allow]]
description = ""
"paths" = ["ok", "/not"]
values = ["("]
`;
  const yaml = `# settings
unknown: true
rules:
  disable:
    - npm-acces-token
rule:
  - id: A
    title: t
    severity: hihg
    keywords: [ab]
  - id: fine
    title: t
    expression: fine_[a-z]+
    wieght: 3
allow:
  - description: d
  - description: ""
    paths:
      - ok
      - /not
    values: ["("]
`;
  const listFaults = (fileName: string, text: string): string[] => {
    try {
      parseConfiguration(text, { ...options, fileName });
      return [];
    } catch (error) {
      return (error as Error).message.split('\n').map((line) => line.split(': ').slice(0, 2).join(': '));
    }
  };

  assert.deepEqual(listFaults('a.toml', toml), [
    'a.toml:2: the file',
    'a.toml:4: rules.disable',
    'a.toml:7: rule[0]',
    'a.toml:8: rule[0].id',
    'a.toml:12: rule[0].severity',
    'a.toml:13: rule[0].keywords[0]',
    'a.toml:18: rule[1]',
    'a.toml:19: allow[0]',
    'a.toml:22: allow[1].description',
    'a.toml:23: allow[1].paths[1]',
    'a.toml:24: allow[1].values[0]',
  ]);
  assert.deepEqual(listFaults('a.yaml', yaml), [
    'a.yaml:2: the file',
    'a.yaml:4: rules.disable',
    'a.yaml:7: rule[0]',
    'a.yaml:7: rule[0].id',
    'a.yaml:9: rule[0].severity',
    'a.yaml:10: rule[0].keywords[0]',
    'a.yaml:14: rule[1]',
    'a.yaml:16: allow[0]',
    'a.yaml:17: allow[1].description',
    'a.yaml:20: allow[1].paths[1]',
    'a.yaml:21: allow[1].values[0]',
  ]);
});

test('many faults of one kind are all told', () => {
  const text = Array.from({ length: 30 }, (_, index) => `key${index} = ${index}\n`).join('');

  assert.throws(
    () => parseConfiguration(text, options),
    (error: Error) => error.message.split('\n').length === 30,
  );
});
