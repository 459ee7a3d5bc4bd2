import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { describeConfig, loadConfig, type LoadedConfig } from './index.ts';
import { listSettings } from './list-settings.ts';

const proof = 'p'.repeat(32);

/** Loads a file of this text beside these variables. */
function load(text: string, environment: Record<string, string> = {}): LoadedConfig {
  using directory = createTemporaryDirectory();
  writeFileSync(join(directory.path, 'config.yaml'), text);
  return loadConfig({ environment, workingDirectory: directory.path });
}

test('without file and variables the embedded defaults hold: this machine only, no services', () => {
  const { config, origins } = loadConfig({ environment: { HOME: '/home/alice' }, workingDirectory: '/nonexistent' });

  assert.equal(config.http.host, '127.0.0.1');
  assert.equal(config.http.port, 8000);
  assert.deepEqual(config.http.corsOrigins, []);
  assert.equal(config.database.url, undefined);
  assert.equal(config.broker.url, undefined);
  assert.equal(config.storage.bucket, undefined);
  assert.equal(config.jobs.expireAfterDays, 7);
  assert.equal(config.dataDirectory, process.getuid!() === 0 ? '/var/lib/deployguard' : '/home/alice/.local/share/deployguard');
  assert.ok([...origins.values()].every((origin) => origin === 'default'));
});

test('the names of the original service are accepted', () => {
  const { config, warnings } = load('', {
    DATABASE_URL: 'postgresql://app:long-and-random@postgres:5432/deployguard',
    CELERY_BROKER_URL: 'amqp://app:long-and-random@rabbitmq:5672//',
    CELERY_RESULT_BACKEND: 'db+postgresql://app:long-and-random@postgres:5432/deployguard',
    S3_ENDPOINT_URL: 'http://minio:9000',
    S3_ACCESS_KEY: 'app',
    S3_SECRET_KEY: 'long-and-random',
    S3_BUCKET: 'deployguard',
    AUTH_SERVICE_URL: 'http://auth-service:8080',
    CORS_ORIGINS: 'https://app.example.com, https://admin.example.com',
    LOG_LEVEL: 'INFO',
    DEPLOYGUARD_AUTH_GATEWAY_PROOFS: proof,
  });

  assert.equal(config.database.url, 'postgresql://app:long-and-random@postgres:5432/deployguard');
  assert.equal(config.broker.url, 'amqp://app:long-and-random@rabbitmq:5672//');
  assert.deepEqual(
    [config.storage.endpointUrl, config.storage.accessKey, config.storage.bucket],
    ['http://minio:9000', 'app', 'deployguard'],
  );
  assert.equal(config.auth.serviceUrl, 'http://auth-service:8080');
  assert.deepEqual(config.http.corsOrigins, ['https://app.example.com', 'https://admin.example.com']);
  assert.equal(config.log.level, 'info');
  assert.deepEqual(warnings, ['CELERY_RESULT_BACKEND is not needed: results are in the database.']);
});

test('the environment is stronger than the file, the file than the default', () => {
  const { config, origins } = load('http:\n  port: 9000\n  trustedProxies: 2\n', { DEPLOYGUARD_HTTP_PORT: '9100' });

  assert.deepEqual([config.http.port, config.http.trustedProxies], [9100, 2]);
  assert.equal(origins.get('http.port'), 'DEPLOYGUARD_HTTP_PORT');
  assert.match(origins.get('http.trustedProxies')!, /config\.yaml$/);
});

test('a secret may come from a file', () => {
  using directory = createTemporaryDirectory();
  const secret = join(directory.path, 'url');
  writeFileSync(secret, 'amqps://app:long-and-random@rabbitmq\n');

  const { config } = loadConfig({ environment: { BROKER_URL_FILE: secret }, workingDirectory: directory.path });

  assert.equal(config.broker.url, 'amqps://app:long-and-random@rabbitmq');
});

test('the files that settings were read from are known by their absolute paths', () => {
  using directory = createTemporaryDirectory();
  const paths = ['config.yaml', 'url', 'certificate'].map((name) => join(directory.path, name));
  for (const path of paths) writeFileSync(path, '');
  const environment = { BROKER_URL_FILE: paths[1]!, DEPLOYGUARD_BUILDS_CA_FILE: paths[2]! };
  writeFileSync(paths[1]!, 'amqps://app:long-and-random@rabbitmq');

  const { config } = loadConfig({ environment, file: relative(process.cwd(), paths[0]!), workingDirectory: process.cwd() });

  assert.deepEqual(config.files, paths.slice(0, 2));
  assert.deepEqual(loadConfig({ environment: {}, workingDirectory: '/nonexistent' }).config.files, []);
});

test('every setting has a variable of its own', () => {
  const variables = listSettings().flatMap(({ variables }) => variables);

  assert.equal(new Set(variables).size, variables.length);
  assert.ok(variables.includes('DEPLOYGUARD_HTTP_TLS_CERTIFICATE_FILE'));
});

test('a wrong value is told with its name, what it is, and what is expected', () => {
  const faults: readonly (readonly [text: string, environment: Record<string, string>, message: RegExp])[] = [
    ['', { PORT: '80a' }, /^http\.port \(PORT\): "80a" is not a whole number from 0 to 65535\.$/],
    ['http: { port: 70000 }', {}, /^http\.port \(.*config\.yaml\): 70000 is not a whole number from 0 to 65535\.$/],
    ['log: { level: loud }', {}, /^log\.level \(.*\): "loud" is not one of trace, debug, info, warn, error, fatal\.$/],
    ['auth: { apiKeys: maybe }', {}, /^auth\.apiKeys \(.*\): "maybe" is not true or false\.$/],
    [
      '',
      { BROKER_URL: 'kafka://broker' },
      /^broker\.url \(BROKER_URL\): the value is not an address that begins with amqps:\/\/ or amqp:\/\/ or rediss:\/\/ or redis:\/\/\.$/,
    ],
    [
      'auth: { jwtIssuers: [{ issuer: a, audiences: [b], algorithms: [none], jwksUrl: "https://a" }] }',
      {},
      /jwtIssuers.*\[0\]\.algorithms\[0\]/,
    ],
    ['dataDirectory: [a]', {}, /^dataDirectory \(.*\): \["a"\] is not the path of a folder\.$/],
  ];

  for (const [text, environment, message] of faults)
    assert.throws(() => load(text, environment), { code: 'CONFIGURATION_INVALID', message });
});

test('an unknown key is told with the likely right one', () => {
  const faults: readonly (readonly [text: string, message: RegExp])[] = [
    ['htpp: { port: 1 }', /config\.yaml: htpp: there is no such setting\. Did you mean "http"\? Known here: dataDirectory, http,/],
    ['http: { prot: 1 }', /http\.prot: there is no such setting\. Did you mean "port"\?/],
    ['database: { uri: "postgresql://h/d" }', /database\.uri: there is no such setting\. Did you mean "url"\?/],
    ['http: 8000', /http: is a section of settings: host, port/],
    ['- a', /is not a list of settings/],
    ['__proto__: { polluted: 1 }', /__proto__: there is no such setting/],
  ];

  for (const [text, message] of faults) assert.throws(() => load(text), { code: 'CONFIGURATION_INVALID', message });
  assert.equal(({} as { polluted?: number }).polluted, undefined);
});

test('all faults are told at once', () => {
  assert.throws(
    () => load('http: { port: x, prot: 1 }\nlog: { level: loud }'),
    (error: Error & { problems?: string[] }) => error.problems?.length === 3,
  );
});

test('P5: a file of aliases cannot grow', () => {
  assert.throws(() => load('a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]'), { code: 'CONFIGURATION_INVALID', message: /aliases/ });
});

test('a likely mistake in the environment is a warning, since others make up variables with our prefix too', () => {
  const { warnings } = load('', {
    DEPLOYGUARD_HTTP_PROT: '1',
    DEPLOYGUARD_API_SERVICE_HOST: '10.0.0.1',
    DEPLOYGUARD_API_PORT_8000_TCP_ADDR: '10.0.0.1',
    DEPLOYGUARD_HTTP_PORT: 'tcp://10.0.0.1:80',
  });

  assert.deepEqual(warnings, ['DEPLOYGUARD_HTTP_PROT is no setting. Did you mean "DEPLOYGUARD_HTTP_PORT"?']);
});

test('what is not safe is refused', () => {
  const url = 'postgresql://app:long-and-random@postgres/deployguard';
  const faults: readonly (readonly [environment: Record<string, string>, message: RegExp])[] = [
    [{ DEPLOYGUARD_HTTP_HOST: '0.0.0.0' }, /listening on 0\.0\.0\.0 without authentication/],
    [{ DEPLOYGUARD_HTTP_HOST: '::' }, /without authentication/],
    [{ DATABASE_URL: url }, /without authentication only the embedded service runs/],
    [{ CORS_ORIGINS: '*' }, /every web page/],
    [{ CORS_ORIGINS: 'https://app.example.com/' }, /is not an origin/],
    [{ DEPLOYGUARD_AUTH_GATEWAY_PROOFS: 'short' }, /at least 32 characters/],
    [{ DEPLOYGUARD_HTTP_TLS_KEY_FILE: '/key.pem' }, /belong together/],
    [{ S3_ACCESS_KEY: 'a' }, /belong together/],
    [{ DATABASE_MIGRATION_URL: url }, /need database\.url/],
    [
      { DEPLOYGUARD_AUTH_CREDENTIALS_FILE: '/c', DEPLOYGUARD_AUTH_API_KEYS: 'true' },
      /auth\.credentialsFile \(DEPLOYGUARD_AUTH_CREDENTIALS_FILE\): everybody/,
    ],
    [
      { DEPLOYGUARD_AUTH_CREDENTIALS_FILE: '/c', AUTH_SERVICE_URL: 'http://auth:8080' },
      /auth\.credentialsFile \(DEPLOYGUARD_AUTH_CREDENTIALS_FILE\): everybody/,
    ],
    [{ DEPLOYGUARD_WORKER_SOFT_LIMIT_SECONDS: '3600' }, /must be less/],
    [{ DEPLOYGUARD_AUTH_JWT_ISSUERS: '[{issuer: a, audiences: [b], algorithms: [RS256]}]' }, /exactly one of jwksUrl/],
  ];

  for (const [environment, message] of faults) assert.throws(() => load('', environment), { code: 'CONFIGURATION_INVALID', message });
});

test('O4: passwords that everybody knows are refused, but on this machine', () => {
  const authentication = { DEPLOYGUARD_AUTH_GATEWAY_PROOFS: proof };

  assert.throws(
    () => load('', { BROKER_URL: 'amqp://guest:guest@rabbitmq:5672//' }),
    /broker\.url \(BROKER_URL\): its password is one that everybody knows/,
  );
  assert.throws(
    () => load('', { S3_ENDPOINT_URL: 'http://minio:9000', S3_ACCESS_KEY: 'minioadmin', S3_SECRET_KEY: 'minioadmin' }),
    /storage\.secretKey/,
  );
  assert.throws(
    () => load('', { ...authentication, DATABASE_URL: 'postgresql://deployguard:password@postgres/deployguard' }),
    /database\.url/,
  );
  assert.doesNotThrow(() => load('', { ...authentication, DATABASE_URL: 'postgresql://deployguard:password@localhost/deployguard' }));
});

test('no secret is in an error, and none is shown', () => {
  const planted = ['planted', 'value'].join('-');
  const environments = [
    { DATABASE_URL: `mysql://app:${planted}@h/d` },
    { BROKER_URL: `amqp:/${planted}` },
    { DEPLOYGUARD_AUTH_GATEWAY_PROOFS: planted },
    { DEPLOYGUARD_HTTP_METRICS_TOKEN: planted },
  ];

  for (const environment of environments)
    assert.throws(
      () => load('', environment),
      (error: Error) => !error.message.includes(planted),
    );
  assert.throws(
    () => load(`storage: { secretKey: "${planted}`),
    (error: Error) => !error.message.includes(planted),
  );
  const shown = describeConfig(
    load(`auth: { gatewayProofs: [${planted}-${proof}] }`, { BROKER_URL: `amqp://app:${planted}@rabbitmq:5672/v` }),
  );
  assert.ok(!JSON.stringify(shown).includes(planted));
  assert.deepEqual(shown.find(({ name }) => name === 'broker.url')?.value, '"amqp://rabbitmq:5672/v"');
});

test('a password in any address is not shown', () => {
  const addresses = ['S3_ENDPOINT_URL', 'AUTH_SERVICE_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'DEPLOYGUARD_HTTP_PUBLIC_URL'];

  const shown = describeConfig(load('', Object.fromEntries(addresses.map((name) => [name, 'https://user:pw@one.example']))));

  const values = shown.filter(({ origin }) => addresses.some((name) => origin.includes(name))).map(({ value }) => value);
  assert.deepEqual(
    values,
    addresses.map(() => '"https://one.example"'),
  );
});

test('settings cannot be changed later', () => {
  const { config } = load('');

  assert.throws(() => Object.assign(config.http, { host: '0.0.0.0' }), TypeError);
});
