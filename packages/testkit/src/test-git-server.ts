import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startProcess } from '@deployguard/process';
import { createTemporaryDirectory } from './temporary-directory.ts';
import { getTestCertificate } from './test-certificate.ts';

export interface TestGitServerOptions {
  /** The directory whose repositories are served; a request for `/x.git/…` goes to `x.git` in it. */
  readonly root?: string;
  /** `user:password` that must be given; pushes are allowed then. */
  readonly credentials?: string;
  /** Answers a request itself and says so; whatever it leaves goes to git. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** What came in. */
export interface TestRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
}

/** An https server with the real `git http-backend` behind it. */
export interface TestGitServer extends AsyncDisposable {
  /** `https://localhost:<port>`. */
  readonly url: string;
  readonly port: number;
  /** The file of the authority that clients must trust. */
  readonly caFile: string;
  readonly requests: readonly TestRequest[];
  close(): Promise<void>;
}

export async function startTestGitServer(options: TestGitServerOptions = {}): Promise<TestGitServer> {
  const directory = createTemporaryDirectory('deployguard-server-');
  const { key, certificate, authority } = await getTestCertificate();
  const caFile = join(directory.path, 'ca.pem');
  writeFileSync(caFile, authority);
  const requests: TestRequest[] = [];
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, authorization: headers.authorization });
    if (options.intercept?.(request, response)) return;
    if (options.credentials !== undefined && headers.authorization !== basic(options.credentials)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
    } else if (options.root === undefined) {
      response.writeHead(404).end();
    } else {
      serveGit(options.root, options.credentials !== undefined, request, response);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    directory.dispose();
  };
  return { url: `https://localhost:${port}`, port, caFile, requests, close, [Symbol.asyncDispose]: close };
}

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** Runs `git http-backend` as a web server would (git-http-backend(1), RFC 3875). */
function serveGit(root: string, isKnownUser: boolean, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'https://localhost');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const running = startProcess({
    program: 'git',
    args: ['http-backend'],
    stdin: 'pipe',
    timeoutSeconds: 60,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_CONFIG_KEY_1: 'uploadpack.advertiseBundleURIs',
      GIT_CONFIG_VALUE_1: 'true',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      ...(isKnownUser ? { REMOTE_USER: 'test', REMOTE_ADDR: '127.0.0.1' } : {}),
    },
  });
  request.pipe(running.stdin!);
  response.on('close', () => void running.kill());
  answer(running.stdout, response).catch(() => response.destroy());
}

async function answer(output: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of output) {
    if (head === undefined) {
      response.write(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) continue;
    const fields = head
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(': ') as [string, string]);
    const status = fields.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(Number.parseInt(status, 10), Object.fromEntries(fields.filter(([name]) => name !== 'Status')));
    response.write(head.subarray(end + 4));
    head = undefined;
  }
  response.end();
}
