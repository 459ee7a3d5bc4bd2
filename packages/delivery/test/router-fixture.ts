import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTestCertificate } from '@deployguard/testkit';
import type { CertificateFiles } from '../src/router/open-certificates.ts';
import { startRouter } from '../src/router/start-router.ts';
import type { RouterOptions, RunningRouter } from '../src/router/start-router.ts';
import type { Address } from '../src/targets/target.ts';

export interface TestContext {
  after(done: () => Promise<void> | void): void;
}

export interface RouterFixture {
  readonly router: RunningRouter;
  readonly directory: string;
  readonly controlPath: string;
  readonly tablePath: string;
  readonly port: number;
  readonly warnings: readonly string[];
}

/** A router with an empty table, or the one of a directory that another one has left. */
export async function openRouter(
  context: TestContext,
  options: Partial<RouterOptions> & { readonly directory?: string } = {},
): Promise<RouterFixture> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'deployguard-router-'));
  const warnings: string[] = [];
  const [tablePath, controlPath] = [join(directory, 'routes.json'), join(directory, 'control')];
  const { directory: _, ...rest } = options;
  const router = await startRouter({
    listen: { host: '127.0.0.1', port: 0 },
    tablePath,
    controlPath,
    onWarning: (message) => warnings.push(message),
    ...rest,
  });
  context.after(async () => {
    await router.close({ limitMs: 0 });
    rmSync(directory, { recursive: true, force: true });
  });
  return { router, directory, controlPath, tablePath, port: Number(new URL(router.url).port), warnings };
}

export interface TestApplication {
  readonly address: Address;
  readonly server: Server;
  /** Of each request, as it came. */
  readonly requests: IncomingMessage[];
}

export async function startApplication(context: TestContext, listener: RequestListener): Promise<TestApplication> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, requests, address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } };
}

/** A certificate for `localhost` and `*.test.example`, as files, and the authority that made it. */
export async function writeTestCertificate(
  context: TestContext,
): Promise<{ readonly files: CertificateFiles; readonly authority: string }> {
  const { key, certificate, authority } = await getTestCertificate();
  const directory = mkdtempSync(join(tmpdir(), 'deployguard-router-tls-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const files = { certificateFile: join(directory, 'certificate.pem'), keyFile: join(directory, 'key.pem') };
  writeFileSync(files.certificateFile, certificate);
  writeFileSync(files.keyFile, key);
  return { files, authority };
}

/** Sends bytes as they are, and reads until the other side ends the connection. */
export async function sendRaw(port: number, text: string): Promise<string> {
  return sendThrough(connect(port, '127.0.0.1'), text);
}

/** The same through a connection that is there, such as one of TLS. */
export async function sendThrough(socket: Socket, text: string): Promise<string> {
  const pieces: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => pieces.push(chunk));
  socket.on('error', () => {});
  socket.write(text, 'latin1');
  if (!socket.closed) await once(socket, 'close');
  return Buffer.concat(pieces).toString('latin1');
}
