import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRepositoryConfig } from './repository-config.ts';

function parse(text: string | Buffer) {
  return parseRepositoryConfig(Buffer.from(text), 'deployguard.yaml');
}

/** What is said of a file, without its name. */
function refuse(text: string | Buffer): string {
  try {
    parse(text);
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    assert.equal(code, 'CONFIG_INVALID', message);
    assert.match(message, /^deployguard\.yaml: .*\.$/);
    return message.slice('deployguard.yaml: '.length, -1);
  }
  return 'taken';
}

const refuseApplication = (settings: string): string => refuse(`deployment: { application: ${settings} }`);

test('variables may be written without quotes', () => {
  const { config } = parse('deployment: { application: { env_vars: { LIMIT: 3000, DEBUG: true } } }');

  assert.deepEqual(config, { application: { env_vars: { LIMIT: '3000', DEBUG: 'true' } } });
});

test('variables reach the application as they are written', () => {
  const plain = [
    '1.10',
    '0123',
    '1e3',
    '0x1F',
    '12345678901234567890',
    '-0',
    '.5',
    '.inf',
    'True',
    'yes',
    'no',
    'on',
    '2024-01-02',
    '12:30',
  ];
  const lines = plain.map((text, index) => `      V${index}: ${text} # as it is`);
  const others = '      SINGLE: \'1.10\'\n      DOUBLE: "\\x31.10"\n      BLOCK: |\n        0x1F\n      TAGGED: !!float 1.50\n';

  for (const version of ['', '%YAML 1.1\n---\n']) {
    const { config } = parse(`${version}deployment:\n  application:\n    env_vars:\n${lines.join('\n')}\n${others}`);

    const { SINGLE, DOUBLE, BLOCK, TAGGED, ...written } = config.application!.env_vars!;
    assert.deepEqual(Object.values(written), plain);
    assert.deepEqual([SINGLE, DOUBLE, BLOCK, TAGGED], ['1.10', '1.10', '0x1F\n', '1.50']);
  }
  assert.equal(refuseApplication('{ env_vars: { EMPTY: } }'), 'deployment.application.env_vars.EMPTY has no value');
  assert.equal(refuseApplication('{ env_vars: { EMPTY: ~ } }'), 'deployment.application.env_vars.EMPTY has no value');
});

test('a file that is not UTF-8 is refused, one with a byte order mark is not', () => {
  assert.equal(refuse(Buffer.from('# gr\xfcn\n', 'latin1')), 'it is not UTF-8, as which it must be saved');
  assert.equal(refuse('\uFEFFdeployment: { application: { replicas: 2 } }'), 'taken');
});

test('where it is no YAML, the reason is told and nothing quoted', () => {
  const cases: readonly (readonly [text: string, said: string])[] = [
    ['deployment:\n  region: one\n  region: two\n', 'line 3 sets again what is set above it'],
    ['deployment:\n\tregion: one\n', 'line 2 is indented with a tab: YAML takes spaces alone'],
    ['deployment: {}\n---\ndeployment: {}\n', 'line 2 begins a second document: there can be only one'],
    [
      'deployment:\n    region: a\n  networking: b\n',
      'line 3 is not indented like what belongs with it, or a bracket above it is not closed',
    ],
    ['deployment: [a, b\n', 'line 2 is not indented like what belongs with it, or a bracket above it is not closed'],
    ['deployment: "a\n', 'line 2 is not YAML: a quote, a bracket or the colon behind a name is missing'],
    ['deployment: a: b\n', 'line 1 is not YAML: a value that holds a colon and a space is written in quotes'],
    ['deployment:\n  application{}\n  region: a\n', 'line 2 is not YAML: behind a name belong a colon and a space'],
    ['deployment: @a\n', 'line 1 is not YAML: a value that begins with @, % or a backtick is written in quotes'],
    ['deployment: &a &b c\n', 'line 1 is not YAML'],
  ];

  for (const [text, said] of cases) assert.equal(refuse(text), said, text);
});

test('what is not known in an entry of a list or of a section with free names is answered by what is known there', () => {
  const cases: readonly (readonly [settings: string, said: string])[] = [
    ['{ smoke_tests: [{ path: /, retries: 1 }] }', 'smoke_tests.0.retries is not known; known here: path, '],
    ['{ smoke_tests: [{ path: /, Status: 200 }] }', 'smoke_tests.0.Status is not known; did you mean "status"?'],
    ['{ processes: { worker: { command: x, zone: 1 } } }', 'processes.worker.zone is not known; known here: command, '],
  ];

  for (const [settings, said] of cases) {
    const message = refuseApplication(settings);
    assert.equal(message.slice(0, `deployment.application.${said}`.length), `deployment.application.${said}`, message);
  }
});

test('what a setting must be is told in plain words', () => {
  const cases: readonly (readonly [settings: string, said: string])[] = [
    ['{ replicas: 0 }', 'replicas must be at least 1'],
    ['{ replicas: 1.5 }', 'replicas must be a whole number'],
    ['{ resources: { cpu: 900 } }', 'resources.cpu must be text, such as "900m" or "0.9"'],
    ['{ resources: { cpu: "0.00" } }', 'resources.cpu is no share of processors: 500m, 0.5 or 2'],
    ['{ resources: { memory: 512 } }', 'resources.memory must be text, such as "512Mi" or "1Gi"'],
    ['{ resources: { memory: lots } }', 'resources.memory is no amount of memory: 512Mi, 1Gi or 500M'],
    ['{ root: 5 }', 'root must be text: write it in quotes'],
    ['{ root: }', 'root has no value'],
    ['{ health: [] }', 'health must be a section of settings'],
    ['{ build_command: "" }', 'build_command must not be empty'],
    ['{ build_command: "a\\nb" }', 'build_command holds a line break or another control character'],
    ['{ smoke_tests: [{}] }', 'smoke_tests.0 needs path'],
    ['{ smoke_tests: [{ path: /, method: PUT }] }', 'smoke_tests.0.method must be one of GET, HEAD'],
    ['{ env_vars: { LIST: [1] } }', 'env_vars.LIST must be text'],
    ['{ env_vars: { path: [1] } }', 'env_vars.path must be text'],
    ['{ env_vars: { constructor: [1] } }', 'env_vars.constructor must be text'],
  ];

  for (const [settings, said] of cases) assert.equal(refuseApplication(settings), `deployment.application.${said}`, settings);
});

test('a name that cannot be is told once', () => {
  assert.equal(
    refuseApplication('{ env_vars: { "A=B/~": x } }'),
    'deployment.application.env_vars.A=B/~ is no name that a variable can have',
  );
  assert.match(refuseApplication('{ processes: { web: {} } }'), /^deployment\.application\.processes\.web is no name .* nor release$/);
});

test('PORT is refused as `apps env set` refuses it', () => {
  assert.equal(
    refuseApplication('{ env_vars: { PORT: 9999 } }'),
    'deployment.application.env_vars.PORT cannot be set: where the application listens is decided when it is started',
  );
});

test('however much of a file is not known, nothing else of it is taken without being judged', () => {
  const unknown = Array.from({ length: 40 }, (_, index) => `setting_${index}: x`).join(', ');

  assert.match(
    refuseApplication(`{ ${unknown}, resources: { memory: "0" }, replicas: many }`),
    /^deployment\.application\.setting_0 is not known; /,
  );
  assert.match(
    refuseApplication(`{ health: { ${unknown} } }`),
    /^deployment\.application\.health\.setting_0 is not known; known here: path, /,
  );
  assert.match(
    refuseApplication(`{ env_vars: { ${unknown.replaceAll('_', '-')} } }`),
    /^deployment\.application\.env_vars\.setting-0 is no name /,
  );
});
