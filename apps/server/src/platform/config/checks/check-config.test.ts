import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createTemporaryDirectory, getTestCertificate } from '@deployguard/testkit';
import { runProcess } from '@deployguard/process';
import type { TemporaryDirectory } from '@deployguard/testkit';
import { ConfigError } from '../config-error.ts';
import { listSettings, type Setting } from '../list-settings.ts';
import { loadKeyring } from '../../keyring/index.ts';
import { startService } from '../../../start-service.ts';
import { loadConfig } from '../load-config.ts';
import { checkConfig } from './index.ts';

type Environment = Readonly<Record<string, string>>;

const limit = { timeout: 60_000 };
const proof = 'p'.repeat(32);
const planted = ['planted', 'value'].join('-');
let directory: TemporaryDirectory;
/** With these alone everything is fine. */
let good: Environment;
let files: Readonly<Record<string, string>>;

before(async () => {
  directory = createTemporaryDirectory();
  const { key, certificate, authority } = await getTestCertificate();
  const file = (name: string, text: string, mode = 0o600): string => {
    const path = join(directory.path, name);
    writeFileSync(path, text, { mode });
    return path;
  };
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  files = {
    certificate: file('server.pem', certificate),
    key: file('server.key', key),
    authority: file('ca.pem', authority),
    otherKey: file('other.key', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    lockedKey: file(
      'locked.key',
      rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
    ),
    publicKey: file('jwt.pem', rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    shortSecret: file('short', 'short'),
    garbage: file('garbage', `${planted}\n`),
    cut: file('cut.pem', authority.slice(0, 200) + authority.slice(-27)),
    open: file('open.yaml', `work: { username: a, token: "${planted}" }`, 0o644),
    odd: file('odd.yaml', `work: { user: "${planted}" }`),
    expired: join(directory.path, 'expired.pem'),
    missing: join(directory.path, 'missing'),
    below: join(directory.path, 'garbage', 'folder'),
  };
  await makeExpired(directory.path);
  chmodSync(files['open']!, 0o644);
  mkdirSync(join(directory.path, 'data'));
  good = { DEPLOYGUARD_DATA_DIRECTORY: join(directory.path, 'data'), HOME: directory.path };
});
after(() => directory.dispose());

/** What settings refuse that have the right type: what is wrong, with which variables beside it, and what is said. */
const wrong: Readonly<Record<string, () => readonly (readonly [value: string, message: RegExp, beside?: Environment])[]>> = {
  dataDirectory: () => [
    [files['garbage']!, /is no folder/],
    [files['below']!, /below something that is no folder|is no folder/],
  ],
  'http.host': () => [['no host', /an address or host name/]],
  'http.corsOrigins': () => [['app.example.com', /is not an origin/]],
  'http.tlsCertificateFile': () => {
    const key = { DEPLOYGUARD_HTTP_TLS_KEY_FILE: files['key']! };
    return [
      [files['missing']!, /cannot be read: there is no such file/, key],
      [directory.path, /it is a folder/, key],
      [files['garbage']!, /holds no certificate/, key],
      [files['cut']!, /damaged or cut off/, key],
    ];
  },
  'http.tlsKeyFile': () => {
    const certificate = { DEPLOYGUARD_HTTP_TLS_CERTIFICATE_FILE: files['certificate']! };
    return [
      [files['missing']!, /there is no such file/, certificate],
      [files['garbage']!, /holds no private key/, certificate],
      [files['lockedKey']!, /has a passphrase/, certificate],
      [files['otherKey']!, /does not belong to the certificate/, certificate],
    ];
  },
  'http.metricsToken': () => [['short', /at least 16 characters/]],
  'database.url': () => [
    ['postgresql://app:%zz@postgres/d', /cannot be taken apart/],
    [
      `postgresql://app:long-and-random@postgres/d?sslrootcert=${files['missing']!}`,
      /names the file .*missing, which cannot be read/,
      { DEPLOYGUARD_AUTH_GATEWAY_PROOFS: proof },
    ],
  ],
  'storage.bucket': () => [['my bucket', /the name of a bucket/]],
  'keyring.file': () => [
    [files['garbage']!, /is no keyring/],
    [files['open']!, /Others may read/],
    [
      files['missing']!,
      /There is no keyring/,
      { DATABASE_URL: 'postgresql://app:long-and-random@postgres/d', DEPLOYGUARD_AUTH_GATEWAY_PROOFS: proof },
    ],
  ],
  'keyring.keys': () => [[planted, /is no keyring/]],
  'auth.gatewayProofs': () => [['short', /at least 32 characters/]],
  'auth.jwtIssuers': () => [
    ['[', /is not a list/],
    ['[{issuer: i, audiences: [a], algorithms: [RS256]}]', /exactly one of/],
    ['[{issuer: i, audiences: [a], algorithms: [none], jwksUrl: "https://i/keys"}]', /algorithms\[0\]/],
    [issuer(`publicKeyFile: ${files['missing']}`), /publicKeyFile: .*there is no such file/],
    [issuer(`publicKeyFile: ${files['garbage']}`), /holds no public key/],
    [issuer(`publicKeyFile: ${files['publicKey']}`, 'ES256'), /damaged, or none for ES256/],
    [issuer(`publicKeyFile: ${files['publicKey']}`, 'HS256'), /HS256 does not go with a public key/],
    [issuer(`secretFile: ${files['shortSecret']}`, 'HS256'), /shorter than 32 bytes/],
    [issuer('jwksUrl: "http://i.example.com/keys"'), /must come over https/],
    [issuer('jwksUrl: "https://[broken/keys"'), /cannot be taken apart/],
    [`[${'{issuer: i, audiences: [a], algorithms: [RS256], jwksUrl: "https://i/keys"},'.repeat(2)}]`, /named twice/],
  ],
  'auth.credentialsFile': () => [
    [files['missing']!, /cannot be opened/],
    [files['open']!, /others can read it/],
    [files['odd']!, /work has neither a token/],
    [files['garbage']!, /no YAML with a name/],
  ],
  'auth.credentialsOrigins': () => [
    ['git.example.com', /a list of addresses such as https:/],
    ['https://git.example.com/path', /without a path/],
  ],
  'egress.allow': () => [
    ['https://git.example.com', /no host that can be allowed/],
    ['10.0.0.0/33', /no host that can be allowed/],
  ],
  'egress.caFile': () => [
    [files['missing']!, /there is no such file/],
    [files['garbage']!, /holds no certificate/],
    [files['key']!, /holds no certificate/],
    [files['cut']!, /damaged or cut off/],
  ],
  'worker.temporaryDirectory': () => [[files['garbage']!, /is no folder/]],
  'worker.queues': () => [['deploy,repair', /a list of deployguard, deploy/]],
  'deployments.sandboxReadable': () => [['/opt/java,relative/path', /a list of paths that begin with \//]],
  'deployments.directory': () => [[files['below']!, /no folder/]],
  'deployments.domain': () => [['UPPER case', /host name in lower case/]],
  'deployments.routerHost': () => [['no host', /an address or host name/]],
  'deployments.trustedProxies': () => [['proxy.example.com', /a list of IP addresses/]],
  'deployments.tlsCertificates': () => {
    const pair = (certificate: string, key: string): string => `[{certificateFile: ${files[certificate]}, keyFile: ${files[key]}}]`;
    return [
      ['[', /is not a list/],
      [`[{certificateFile: ${files['certificate']}}]`, /keyFile/],
      [pair('missing', 'key'), /there is no such file/],
      [pair('garbage', 'key'), /holds no certificate/],
      [pair('certificate', 'otherKey'), /does not belong to the certificate/],
    ];
  },
  'deployments.redirectToTls': () => [['true', /nothing to lead to/]],
  'deployments.target': () => [['container', /without images to build on/]],
  'containers.runtime': () => [['no program', /name or path of a program/]],
  'containers.ulimits': () => [['nofile', /a list of limits such as nofile/]],
  'containers.registry': () => [['https://registry.example.com', /name of a registry/]],
  'containers.baseImagesFile': () => [
    [files['missing']!, /there is no such file/],
    [files['garbage']!, /is no list of images/],
  ],
  'containers.baseRegistries': () => [['https://docker.io', /a list of registries/]],
  'builds.goProxy': () => [['https://one.example two', /a value of GOPROXY/]],
  'builds.goSumDb': () => [['off\nx', /a value of GOSUMDB/]],
  'builds.npmrcFile': () => [[files['missing']!, /there is no such file/]],
  'builds.pipConfFile': () => [[files['missing']!, /there is no such file/]],
  'builds.cargoConfigFile': () => [[files['missing']!, /there is no such file/]],
  'builds.mavenSettingsFile': () => [[files['missing']!, /there is no such file/]],
  'builds.caFile': () => [
    [files['missing']!, /there is no such file/],
    [files['garbage']!, /holds no certificate/],
  ],
};

test('every setting refuses what is wrong, by all of its names: where it stands in the file, and its variables', limit, async () => {
  for (const setting of listSettings()) {
    const { name, variables } = setting;
    const cases = [...listWrongValues(setting), ...(wrong[name]?.() ?? [])];
    for (const [value, message, beside = {}] of cases) {
      for (const variable of variables) {
        const problems = await listProblems({ ...good, ...beside, [variable]: value });
        const found = problems.filter((problem) => problem.startsWith(`${name} (`) || problem.includes(`${name} (`));
        assert.ok(
          found.some((problem) => message.test(problem) && variables.some((each) => problem.includes(each))),
          `${variable}=${value}: ${message} is not in ${JSON.stringify(problems)}`,
        );
        assert.ok(!found.join(' ').includes(planted), `${name} tells what it read`);
      }
    }
    assert.ok(cases.length > 0 || isAnyText(setting), `${name}: say in this test what would be wrong`);
    const ofFile = await listProblems({ HOME: directory.path }, `${toYaml(setting.path)}: { a: 1 }`);
    assert.ok(
      ofFile.some((problem) => problem.startsWith(`${name} (${variables[0]}; here: `)),
      `${name}: ${ofFile.join(' ')}`,
    );
  }
});

test('the list of wrong values names no setting that there is not', () => {
  const names = listSettings().map(({ name }) => name);

  assert.deepEqual(
    Object.keys(wrong).filter((name) => !names.includes(name)),
    [],
  );
});

test('everything that is wrong is told at once, and nothing is said of a setting that only follows from another', limit, async () => {
  const problems = await listProblems({
    ...good,
    PORT: 'x',
    DEPLOYGUARD_HTTP_HOST: '0.0.0.0',
    DEPLOYGUARD_AUTH_JWT_ISSUERS: '[',
    DEPLOYGUARD_EGRESS_CA_FILE: files['missing']!,
    DEPLOYGUARD_EGRESS_ALLOW: 'a b, 10.0.0.0/99',
    DEPLOYGUARD_KEYRING_FILE: files['garbage']!,
    DATABASE_URL_FILE: files['missing']!,
  });

  assert.deepEqual(
    problems.map((problem) => /^[\w.]+/.exec(problem)![0]),
    ['http.port', 'database.url', 'auth.jwtIssuers', 'egress.allow', 'egress.allow', 'egress.caFile', 'keyring.file'],
    problems.join('\n'),
  );
});

test('what is right is taken, and a certificate that has expired is a warning', limit, async () => {
  await loadKeyring({ file: join(directory.path, 'keyring.json'), mayCreate: true });
  const environment = {
    ...good,
    DEPLOYGUARD_HTTP_TLS_CERTIFICATE_FILE: files['expired']!,
    DEPLOYGUARD_HTTP_TLS_KEY_FILE: files['key']!,
    DEPLOYGUARD_AUTH_JWT_ISSUERS: issuer(`publicKeyFile: ${files['publicKey']}`),
    DEPLOYGUARD_EGRESS_CA_FILE: files['authority']!,
    DEPLOYGUARD_EGRESS_ALLOW: 'git.internal, 10.0.0.0/8',
    DEPLOYGUARD_KEYRING_FILE: join(directory.path, 'keyring.json'),
  };

  const { warnings } = await checkConfig({ environment, workingDirectory: directory.path });

  const expired = warnings.filter((warning) => / has expired on /.test(warning));
  assert.equal(expired.length, 1, warnings.join('\n'));
  assert.match(expired[0]!, /^http\.tlsCertificateFile \(DEPLOYGUARD_HTTP_TLS_CERTIFICATE_FILE\): /);
});

test('the service does not start with them, and says the same; a part does not look at what only others use', limit, async () => {
  const environments: readonly Environment[] = [
    { DEPLOYGUARD_HTTP_TLS_CERTIFICATE_FILE: files['certificate']!, DEPLOYGUARD_HTTP_TLS_KEY_FILE: files['otherKey']! },
    { DEPLOYGUARD_AUTH_JWT_ISSUERS: issuer(`publicKeyFile: ${files['garbage']}`) },
    { DEPLOYGUARD_EGRESS_CA_FILE: files['garbage']! },
    { DEPLOYGUARD_EGRESS_ALLOW: '10.0.0.0/99' },
    { DEPLOYGUARD_KEYRING_KEYS: planted },
  ];

  for (const environment of environments) {
    const { config } = loadConfig({ environment: { ...good, ...environment }, workingDirectory: directory.path });
    await assert.rejects(startService('serve', { config }), { code: 'CONFIGURATION_INVALID' }, JSON.stringify(environment));
  }
  const shared = { DATABASE_URL: 'postgresql://app:long-and-random@127.0.0.1:1/d', DEPLOYGUARD_AUTH_GATEWAY_PROOFS: proof };
  const { config } = loadConfig({
    environment: { ...good, ...shared, ...environments[0], DEPLOYGUARD_KEYRING_FILE: join(directory.path, 'keyring.json') },
    workingDirectory: directory.path,
  });
  await assert.rejects(startService('worker', { config }), { code: 'DATABASE_UNREACHABLE' });
});

async function listProblems(environment: Environment, text = ''): Promise<readonly string[]> {
  const file = join(directory.path, 'settings.yaml');
  writeFileSync(file, text);
  try {
    await checkConfig({ environment, file, workingDirectory: directory.path });
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String((error as Error).stack));
    return error.problems;
  }
}

/** What the schema says for itself: the wrong kind of value, and what is beyond its limits. */
function listWrongValues({ schema }: Setting): (readonly [string, RegExp, Environment?])[] {
  const { type, minimum, maximum, enum: values, isUrl } = schema as Setting['schema'] & { isUrl?: boolean };
  if (type === 'integer')
    return ['many', String(minimum! - 1), String(maximum! + 1)].map((value) => [value, /is not a whole number/] as const);
  if (type === 'boolean') return [['perhaps', /is not true or false/]];
  if (values !== undefined) return [['another', /is not one of/]];
  if (isUrl !== true) return [];
  const [scheme] = /\b[a-z]+:\/\//.exec(schema.expects!)!;
  return [
    ['nonsense', /is not an address that begins with/],
    [`${scheme}[broken`, /is not an address that begins with/],
    [`${scheme}user:%zz@host/path`, /cannot be taken apart/],
  ];
}

/** Where every text may be right: names and secrets of others. */
function isAnyText({ schema, name }: Setting): boolean {
  return schema.type === 'string' && ['storage.region', 'storage.accessKey', 'storage.secretKey', 'auth.serviceToken'].includes(name);
}

function issuer(key: string, algorithm = 'RS256'): string {
  return `[{issuer: "https://i.example.com", audiences: [a], algorithms: [${algorithm}], ${key}}]`;
}

function toYaml(path: readonly string[]): string {
  return path.map((key, depth) => '  '.repeat(depth) + key).join(':\n');
}

/** Ended a day ago. */
async function makeExpired(cwd: string): Promise<void> {
  const run = (args: readonly string[]) => runProcess({ program: 'openssl', args, cwd, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } });
  const subject = ['-key', 'server.key', '-subj', '/CN=localhost'];
  const ends = [
    await run(['req', '-new', ...subject, '-out', 'expired.csr']),
    await run(['x509', '-req', '-in', 'expired.csr', '-signkey', 'server.key', '-days', '-1', '-out', 'expired.pem']),
  ];
  for (const { exitCode, stderr } of ends) assert.equal(exitCode, 0, stderr);
}
