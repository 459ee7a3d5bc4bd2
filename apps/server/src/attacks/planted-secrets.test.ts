import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { scopes } from '@deployguard/contracts';
import type { JobDetails, JobStatus } from '@deployguard/contracts';
import { buildToken, collect, createTemporaryDirectory, createTestRepository, startTestGitServer } from '@deployguard/testkit';
import { openTestDatabase } from '../../test/open-test-database.ts';
import { sampleProcesses } from '../../test/sample-processes.ts';
import { startPart } from '../../test/start-part.ts';
import type { StartedPart } from '../../test/start-part.ts';
import { loadKeyring } from '../platform/keyring/index.ts';

// A whole job, by processes that log all they can; afterwards every place where something could have been left is searched for every secret that
// took part, in clear and in the usual encodings.

const aToken = (seed: string): string => buildToken({ prefix: ['sk_', 'live_'], length: 24, seed });
const aSecret = (): string => randomBytes(24).toString('hex');

test(
  'T4 N13 no secret of a whole job is in a log, a row, an answer, an argument, an environment or a file',
  { timeout: 600_000 },
  async (t) => {
    using directory = createTemporaryDirectory();
    chmodSync(directory.path, 0o755);
    using temporary = createTemporaryDirectory();
    const found = {
      inFile: aToken('file'),
      inMessage: aToken('message'),
      inName: aToken('name'),
      inRef: aToken('ref'),
      inTag: aToken('tag'),
      gone: aToken('gone'),
      inAuthor: aToken('author'),
      inTagger: aToken('tagger'),
      inFolder: aToken('folder'),
    };
    const repository = createTestRepository({ bare: true });
    repository.commit({
      files: { 'README.md': 'hello\n', [`kept-${found.inFolder}/file.txt`]: 'none\n' },
      author: `Ada ${found.inAuthor} <ada@example.com>`,
    });
    repository.commit({ files: { 'settings.env': `STRIPE_KEY=${found.inFile}\n`, [`backup-${found.inName}.txt`]: 'none\n' } });
    repository.commit({ files: { 'old.env': `STRIPE_KEY=${found.gone}\n` } });
    const last = repository.commit({ files: { 'old.env': undefined }, message: `Use ${found.inMessage}\n` });
    repository.updateRef(`refs/heads/fix-${found.inRef}`, last);
    repository.tag('v1', { target: last, message: `With ${found.inTag}\n`, tagger: `Ada ${found.inTagger} <ada@example.com>` });

    const given = {
      gitPassword: aSecret(),
      serviceToken: aSecret(),
      databasePassword: aSecret(),
      gatewayProof: aSecret(),
      metricsToken: aSecret(),
      jwtSecret: aSecret(),
    };
    const sent = {
      inAddress: aSecret(),
      inQuery: aSecret(),
      inBody: aSecret(),
      asBearer: aSecret(),
      asKey: `dgk_${aSecret()}`,
      inBundle: aSecret(),
      inProxyUser: aSecret(),
      inUserAgent: aSecret(),
      inCookie: aSecret(),
      inBasic: aSecret(),
      inFeedback: aSecret(),
      inSelection: aSecret(),
      inRequestId: aSecret(),
      inTarget: aSecret(),
      inWebhookAddress: aSecret(),
    };

    const root = dirname(repository.gitDir);
    await using git = await startTestGitServer({ root, credentials: `deploy:${given.gitPassword}` });
    execFileSync('git', ['init', '--bare', '--quiet', join(root, 'target.git')]);
    const auth = createServer((_, response) =>
      response.end(JSON.stringify({ username: 'deploy', token: given.gitPassword, origins: [git.url] })),
    ).listen(0, '127.0.0.1');
    const delivered: string[] = [];
    const receiver = createServer(async (request, response) => {
      delivered.push(JSON.stringify(request.headers), Buffer.concat(await collect(request)).toString());
      response.end();
    }).listen(0, '127.0.0.1');
    await Promise.all([once(auth, 'listening'), once(receiver, 'listening')]);
    const portOf = (server: typeof auth): number => (server.address() as AddressInfo).port;

    const parts: StartedPart[] = [];
    const database = await openTestDatabase();
    const login = `planted_${randomBytes(6).toString('hex')}`;
    t.after(async () => {
      for (const part of parts) await part.stop();
      auth.close();
      receiver.close();
      await database.query(`drop role if exists ${login}`);
      await database.close();
      await repository.dispose();
    });
    const url = new URL(database.url);
    // The login that other tests have too keeps its password.
    await database.query(`create role ${login} login password '${given.databasePassword}' in role "${decodeURIComponent(url.username)}"`);
    url.username = login;
    url.password = given.databasePassword;
    const keyring = join(directory.path, 'keyring.json');
    await loadKeyring({ file: keyring, mayCreate: true });
    writeFileSync(join(directory.path, 'jwt'), given.jwtSecret);
    writeFileSync(
      join(directory.path, 'config.yaml'),
      JSON.stringify({
        auth: {
          jwtIssuers: [
            {
              issuer: 'https://issuer.test',
              audiences: ['deployguard'],
              algorithms: ['HS256'],
              secretFile: join(directory.path, 'jwt'),
              scopes: 'all',
            },
          ],
        },
      }),
    );
    const environment = {
      DEPLOYGUARD_CONFIG: join(directory.path, 'config.yaml'),
      DATABASE_URL: url.href,
      DEPLOYGUARD_DATA_DIRECTORY: join(directory.path, 'data'),
      DEPLOYGUARD_KEYRING_FILE: keyring,
      DEPLOYGUARD_AUTH_GATEWAY_PROOFS: given.gatewayProof,
      DEPLOYGUARD_AUTH_API_KEYS: 'true',
      AUTH_SERVICE_URL: `http://127.0.0.1:${portOf(auth)}`,
      DEPLOYGUARD_AUTH_SERVICE_TOKEN: given.serviceToken,
      DEPLOYGUARD_EGRESS_ALLOW: 'localhost,127.0.0.1',
      DEPLOYGUARD_EGRESS_CA_FILE: git.caFile,
      DEPLOYGUARD_HTTP_METRICS_TOKEN: given.metricsToken,
      DEPLOYGUARD_TELEMETRY_PORT: '0',
      DEPLOYGUARD_WORKER_TEMPORARY_DIRECTORY: temporary.path,
      TMPDIR: temporary.path,
      LOG_LEVEL: 'trace',
      PORT: '0',
    };
    parts.push(...(await Promise.all((['api', 'worker', 'scheduler'] as const).map((part) => startPart(part, environment)))));
    const api = parts[0]!.url!;
    const sampler = sampleProcesses(parts.map(({ pid }) => pid));
    const answers: string[] = [];

    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer('https://issuer.test')
      .setAudience('deployguard')
      .setSubject('alice')
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(Buffer.from(given.jwtSecret));
    async function send(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = { authorization: `Bearer ${token}` },
    ) {
      const isText = typeof body === 'string';
      const answer = await fetch(api + path, {
        method,
        redirect: 'manual',
        headers: { ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      });
      return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
    }
    /** Whose answer may be searched. */
    async function ask(...request: Parameters<typeof send>): Promise<Record<string, unknown>> {
      const { text } = await send(...request);
      answers.push(text);
      return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    }
    async function waitFor(jobId: unknown, ...states: JobStatus[]): Promise<JobDetails> {
      for (;;) {
        const details = (await ask('GET', `/api/v2/jobs/${String(jobId)}`)) as unknown as JobDetails;
        if (['failed', ...states].includes(details.job.status)) return details;
        await delay(50);
      }
    }

    const gateway = { 'x-user-id': 'alice', 'x-gateway-proof': given.gatewayProof };
    const key = JSON.parse((await send('POST', '/api/v2/api-keys', { name: 'ci', scopes: [...scopes] }, gateway)).text) as { key: string };
    const webhook = JSON.parse(
      (await send('POST', '/api/v2/webhooks', { url: `http://127.0.0.1:${portOf(receiver)}/`, events: ['job.completed'] })).text,
    ) as { secret: string };
    const shown = { apiKey: key.key, webhook: webhook.secret.replace('whsec_', ''), token: token.split('.')[2]! };

    // Mistakes that people make.
    await ask('POST', '/api/v2/jobs', {
      source_platform: 'generic',
      source_url: `https://deploy:${sent.inAddress}@localhost:${git.port}/repository.git`,
    });
    await send('GET', `/api/v2/jobs?api_key=${sent.inQuery}&access_token=${sent.inQuery}`);
    await send('GET', `/api/v2/${sent.inQuery}`);
    await ask('POST', '/api/v2/jobs', `{"source_url": ${sent.inBody}`, {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    });
    await ask('GET', '/api/v2/jobs', undefined, { authorization: `Bearer ${sent.asBearer}` });
    await ask('GET', '/api/v2/jobs', undefined, { 'x-api-key': sent.asKey });
    await ask('GET', '/api/v2/jobs', undefined, { ...gateway, 'x-gateway-proof': sent.inProxyUser });
    await ask('POST', '/api/v2/sources', `no bundle ${sent.inBundle}`, {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-git-bundle',
    });

    await ask('GET', '/api/v2/jobs', undefined, {
      authorization: `Bearer ${token}`,
      'user-agent': `client/${sent.inUserAgent}`,
      cookie: `session=${sent.inCookie}`,
      referer: `https://example.com/?token=${sent.inUserAgent}`,
    });
    await ask('GET', '/api/v2/jobs', undefined, { authorization: `Basic ${Buffer.from(`alice:${sent.inBasic}`).toString('base64')}` });
    // What a request is called is written down: what is no name for one is not.
    await ask('GET', '/api/v2/jobs', undefined, { authorization: `Bearer ${token}`, 'x-request-id': `password=${sent.inRequestId}` });
    await ask('POST', '/api/v2/feedback', {
      client_id: sent.inFeedback,
      items: [{ value: sent.inFeedback, value_pattern: sent.inFeedback }],
    });
    await ask('POST', '/api/v2/webhooks', { url: `https://deploy:${sent.inWebhookAddress}@hooks.example.com/`, events: ['job.completed'] });
    // The answer to this one names its own address.
    await send('POST', `/api/v2/jobs/${sent.inSelection}/secrets/select`, { secret_ids: [sent.inSelection] });

    const repositoryUrl = `${git.url}/repository.git`;
    const remote = { source_platform: 'generic', source_url: repositoryUrl, source_credentials_id: 'cred-1' };
    const lost = await ask('POST', '/api/v2/jobs', { ...remote, source_url: `${git.url}/not-there.git` });
    const { id } = await ask('POST', '/api/v2/jobs', remote, { 'x-api-key': shown.apiKey });
    const scanned = await waitFor(id, 'awaiting_selection', 'failed');
    assert.equal(scanned.job.status, 'awaiting_selection', JSON.stringify(scanned.job.last_error));
    const storedAfterScan = readTree(join(directory.path, 'data'));
    for (const format of ['json', 'sarif', 'csv', 'html']) await ask('GET', `/api/v2/jobs/${String(id)}/report?format=${format}`);
    await ask('POST', `/api/v2/jobs/${String(id)}/secrets/select`, { secret_ids: scanned.secrets.map((secret) => secret.id) });
    await ask('POST', `/api/v2/jobs/${String(id)}/clean`);
    const cleaned = await waitFor(id, 'cleaned', 'awaiting_selection');
    assert.equal(cleaned.job.status, 'cleaned', JSON.stringify(cleaned.job.last_error));
    const download = await send('GET', `/api/v2/jobs/${String(id)}/download?format=bundle`);
    await (await fetch(new URL(download.location!, api))).arrayBuffer();
    await ask('GET', `/api/v2/jobs/${String(id)}/proof`);
    const storedAfterClean = readTree(join(directory.path, 'data'));
    await ask('POST', `/api/v2/jobs/${String(id)}/secrets/select`, {
      secret_ids: [sent.inSelection],
      filter: { rule_ids: [sent.inSelection] },
    });
    await ask('POST', `/api/v2/jobs/${String(id)}/push`, {
      target_platform: 'generic',
      target_url: `https://deploy:${sent.inTarget}@localhost:${git.port}/target.git`,
    });
    await ask('POST', `/api/v2/jobs/${String(id)}/push`, {
      target_platform: 'generic',
      target_url: `${git.url}/target.git`,
      target_credentials_id: 'cred-1',
    });
    const pushed = await waitFor(id, 'completed', 'cleaned');
    assert.equal(pushed.job.status, 'completed', JSON.stringify(pushed.job.last_error));
    await waitFor(lost['id'], 'failed');
    while (delivered.length === 0) await delay(50);
    for (const path of ['audit', 'tasks', 'jobs', 'webhooks', 'api-keys', `jobs/${String(id)}/secrets`])
      await ask('GET', `/api/v2/${path}`);
    answers.push(await readEvents(`${api}/api/v2/jobs/${String(id)}/events`, { authorization: `Bearer ${token}` }));
    answers.push(await (await fetch(`${api}/metrics`)).text());

    const processes = sampler.stop();
    for (const part of parts) await part.stop();
    const rows = await dump(database);

    // The walk was one: everything was found, and everything that is searched holds something.
    assert.equal(scanned.job.total_secrets_found >= Object.keys(found).length, true, JSON.stringify(scanned.secrets));
    const children = processes.filter(({ commandLine }) => !parts.some(({ pid }) => commandLine.includes('service-main') && pid > 0));
    assert.ok(
      children.some(({ name }) => name.startsWith('git')) && children.some(({ commandLine }) => commandLine.includes('child-main')),
    );
    const log = parts.flatMap((part) => part.log).join('\n');
    assert.ok(log.includes('request answered') && rows.includes('scan_finished') && answers.join('').includes('event: '));

    const secrets = { ...found, ...given, ...sent, ...shown };
    const { gitPassword: _, ...withoutGit } = secrets;
    assertNone('logs', log, secrets);
    assertNone('tables', rows, secrets);
    assertNone('answers, events and metrics', answers.join('\n'), secrets);
    assertNone('webhooks', delivered.join('\n'), secrets);
    for (const { commandLine, name } of processes) assertNone(`arguments of ${name}`, commandLine, secrets);
    // Of the processes of a task git alone knows the way in, and only while it is on its way.
    for (const { environment: text, name } of children)
      assertNone(`environment of ${name}`, text, /^(?:git|prlimit|ssh)/.test(name) ? withoutGit : secrets);
    for (const [path, content] of [...storedAfterScan, ...storedAfterClean, ...readTree(join(directory.path, 'data'))]) {
      assertNone(`the file ${path}`, content, secrets);
      // What holds a history with its secrets is sealed.
      if (!path.startsWith('files/objects/cleaned/')) assert.ok(!/^# v\d git bundle|^PACK|^PK/.test(content), path);
    }
    assert.ok(storedAfterScan.size >= 2 && storedAfterClean.size > storedAfterScan.size);
    assert.deepEqual(readdirSync(temporary.path), []);
    assert.equal(statSync(keyring).mode & 0o777, 0o600);
    assert.deepEqual(
      processes.filter(({ coreLimit }) => coreLimit !== '0'),
      [],
    );
  },
);

function assertNone(where: string, text: string, secrets: Readonly<Record<string, string>>): void {
  const hits = Object.entries(secrets).flatMap(([name, secret]) =>
    listForms(secret).flatMap((form) =>
      text.includes(form)
        ? [`${name} as ${form.slice(0, 8)}…: …${text.slice(Math.max(0, text.indexOf(form) - 100), text.indexOf(form))}`]
        : [],
    ),
  );
  assert.deepEqual(hits, [], where);
}

/** In clear, as hexadecimal, and as base64 (both alphabets) wherever in a longer text it stands: at each of three offsets other letters come out. */
function listForms(secret: string): string[] {
  const hex = Buffer.from(secret).toString('hex');
  const inBase64 = [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.from('\0'.repeat(offset) + secret).toString('base64');
    const middle = encoded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + secret.length) * 8) / 6));
    return [middle, middle.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set([secret, hex, hex.toUpperCase(), encodeURIComponent(secret), [...secret].toReversed().join(''), ...inBase64])];
}

async function readEvents(url: string, headers: Record<string, string>): Promise<string> {
  const answer = await fetch(url, { headers });
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('"completed"')) break;
  }
  return text;
}

/** Every column of every row of every table, whatever schema it is in; bytes are hexadecimal then. */
async function dump(database: Awaited<ReturnType<typeof openTestDatabase>>): Promise<string> {
  const tables = await database.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  const rows: string[] = [];
  for (const { name } of tables)
    rows.push(...(await database.query<{ text: string }>(`select t::text as text from ${name} t`)).map(({ text }) => text));
  return rows.join('\n');
}

function readTree(directory: string): Map<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => [
      join(parentPath, name).slice(directory.length + 1),
      readFileSync(join(parentPath, name), 'latin1'),
    ]),
  );
}
