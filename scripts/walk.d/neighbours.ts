// What a service has around it, for scripts/walk: a git server, the service that keeps credentials, a receiver of webhooks. Real servers, each
// over its own protocol, on free ports of this machine, with an authority made for the day:
//   node scripts/walk.d/neighbours.ts <directory>
// serves the repositories in <directory>/repositories, writes the authority to <directory>/authority.pem and each webhook that comes to
// <directory>/webhooks/, prints NAME=value lines and then runs until it is ended.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startTestGitServer } from '../../packages/testkit/src/index.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('usage: node scripts/walk.d/neighbours.ts <directory>');
const root = join(directory, 'repositories');
const webhooks = join(directory, 'webhooks');
for (const path of [root, webhooks]) mkdirSync(path, { recursive: true });

/** Which user of the service may have which credentials. */
const credentials = new Map([
  ['cred-abc-123', 'user123'],
  ['cred-xyz-789', 'user123'],
]);
const password = randomBytes(20).toString('hex');
const serviceToken = randomBytes(20).toString('hex');

const git = await startTestGitServer({ root, credentials: `deploy:${password}` });
copyFileSync(git.caFile, join(directory, 'authority.pem'));
const authService = await listen((request, response) => {
  const id = /^\/api\/credentials\/([^/]+)$/.exec(request.url ?? '')?.[1] ?? '';
  if (request.headers.authorization !== `Bearer ${serviceToken}`) return response.writeHead(401).end();
  if (credentials.get(id) !== request.headers['x-user-id']) return response.writeHead(404).end();
  response.end(JSON.stringify({ username: 'deploy', token: password, origins: [git.url] }));
});
let received = 0;
const receiver = await listen(async (request, response) => {
  const { headers } = request;
  const file = join(webhooks, `${++received}.json`);
  // Whoever reads it finds all of it.
  writeFileSync(`${file}.part`, JSON.stringify({ headers, body: await text(request) }));
  renameSync(`${file}.part`, file);
  response.writeHead(204).end();
});

for (const [name, value] of Object.entries({
  git_url: git.url,
  git_user: 'deploy',
  git_password: password,
  auth_service_url: authService,
  auth_service_token: serviceToken,
  receiver_url: receiver,
})) {
  console.log(`${name}=${value}`);
}

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}
