import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '@deployguard/server';
import { createTemporaryDirectory } from '@deployguard/testkit';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { parse } from 'yaml';

const root = dirname(import.meta.dirname);
const text = readFileSync(join(root, 'compose.yaml'), 'utf8');

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
}

interface Service {
  readonly command?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly volumes?: readonly string[];
}

const own = ['api', 'worker', 'scheduler'] as const;

// The schema is that of github.com/compose-spec/compose-spec, commit 170098ba (2026-06-23), Apache License 2.0.
test('compose.yaml follows the schema of the Compose Specification', () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'compose.fixtures', 'compose-spec.json'), 'utf8')) as TSchema;
  const validator = Compile(schema);

  assert.deepEqual(validator.Errors(parse(text, { merge: true })), []);
  assert.notDeepEqual(validator.Errors({ services: { api: { imagine: 'x' } } }), []);
});

for (const broker of ['rabbitmq', 'redis'] as const) {
  test(`with the passwords that scripts/compose-env makes for ${broker}, the service takes its settings, and everything named is there`, () => {
    using directory = createTemporaryDirectory();
    const env = writeEnv(broker, directory.path);
    const { services, volumes } = interpolate(parse(text, { merge: true }), env) as ComposeFile;
    const isRun = (name: string): boolean => services[name]!.profiles?.includes(env['COMPOSE_PROFILES']!) ?? true;

    for (const name of own) {
      const { environment = {}, command, read_only: isReadOnly, depends_on: needs = {} } = services[name]!;
      const settings = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)]));
      const { config, warnings } = loadConfig({ environment: settings, workingDirectory: directory.path });
      assert.deepEqual([command, isReadOnly, warnings], [[name], true, []]);
      const hosts = [config.database.url, config.database.migrationUrl, config.broker.url, config.storage.endpointUrl].map(
        (url) => new URL(url!).hostname,
      );
      for (const host of hosts) assert.ok(host in needs && isRun(host), `${name} needs ${host}`);
    }
    const mounted = Object.values(services).flatMap((service) => (service.volumes ?? []).map((volume) => volume.split(':')[0]!));
    assert.deepEqual([...new Set(mounted)].sort(), Object.keys(volumes).sort());
    assert.equal(new URL(env['BROKER_URL']!).password, env['BROKER_PASSWORD']);
  });
}

test('RabbitMQ waits twice as long for an answer as a task may take', () => {
  using directory = createTemporaryDirectory();
  const { services, configs } = parse(text, { merge: true }) as ComposeFile;
  const { config } = loadConfig({ environment: {}, workingDirectory: directory.path });
  const [{ source, target } = { source: '', target: '' }] = services['rabbitmq']!.configs ?? [];

  const [, milliseconds] = /^consumer_timeout = (\d+)$/m.exec(configs[source]!.content) ?? [];

  // Read after the file of the image, 10-defaults.conf.
  assert.match(target, /^\/etc\/rabbitmq\/conf\.d\/2\d-\w+\.conf$/);
  assert.ok(Number(milliseconds) >= 2 * config.worker.hardLimitSeconds * 1000, milliseconds);
});

test('there is no password but those of one’s own: without them nothing starts', () => {
  assert.throws(() => interpolate(parse(text, { merge: true }), {}), /run scripts\/compose-env/);

  const secrets = [...text.matchAll(/^\s+\w*(?:PASSWORD|SECRET_KEY|DEFAULT_PASS|REDISCLI_AUTH)\w*: *(.*)$/gm)].map((match) => match[1]!);
  assert.ok(secrets.length >= 6);
  for (const value of secrets) assert.match(value, /^'?\$\{\w+:\?run scripts\/compose-env\}'?$/);
});

test('passwords are made once, differ, and are readable by their owner alone', () => {
  using directory = createTemporaryDirectory();
  const first = writeEnv('rabbitmq', directory.path);
  using other = createTemporaryDirectory();
  const second = writeEnv('rabbitmq', other.path);

  assert.equal(statSync(join(directory.path, '.env')).mode & 0o777, 0o600);
  const passwords = Object.entries({ ...first }).filter(([name]) => /PASSWORD|KEY/.test(name));
  assert.equal(new Set(passwords.map(([, value]) => value)).size, passwords.length);
  for (const [name, value] of passwords) assert.ok(/^[0-9a-f]{48}$/.test(value) && second[name] !== value, name);
  assert.throws(() => writeEnv('redis', directory.path), /is there already/);
});

test('the build leaves out what is secret or made elsewhere, and takes all that it names', () => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');

  for (const pattern of ['**/node_modules', '.git', '**/.env*', '**/*.pem', '**/*.key']) assert.ok(ignored.includes(pattern), pattern);
  assert.match(dockerfile, /^USER 10001:10001$/m);
  assert.match(dockerfile, /^ARG BASE_IMAGE=\S+$/m);
  assert.ok(existsSync(join(root, 'scripts', 'pack.ts')));
});

/** As compose reads it: `NAME=value` lines. */
function writeEnv(broker: string, directory: string): Record<string, string> {
  const file = join(directory, '.env');
  execFileSync(join(root, 'scripts', 'compose-env'), [broker, file], { stdio: 'pipe' });
  return Object.fromEntries([...readFileSync(file, 'utf8').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
}

/** `${NAME:-default}`, `${NAME:?message}` and `$$`, which are all that the file uses (Compose Specification, Interpolation). */
function interpolate(value: unknown, env: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((each) => interpolate(each, env));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, interpolate(each, env)]));
  }
  if (typeof value !== 'string') return value;
  return value.replaceAll(/\$(?:\$|\{(\w+):([-?])([^}]*)\})/g, (_, name: string | undefined, kind: string, rest: string) => {
    if (name === undefined) return '$';
    if (env[name] === undefined && kind === '?') throw new Error(`${name}: ${rest}`);
    return env[name] ?? rest;
  });
}
