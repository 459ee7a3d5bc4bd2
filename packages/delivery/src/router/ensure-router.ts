import { mkdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { listCodeCacheVariables, ProcessError, startDetached } from '@deployguard/process';
import { DeliveryError } from '../delivery-error.ts';
import type { Address } from '../targets/target.ts';
import { connectRouter } from './connect-router.ts';
import type { RemoteRouter } from './connect-router.ts';
import type { RouterDescription } from './router.ts';
import type { RouterTls } from './start-router.ts';

/** What a router process is started with. */
export interface RouterOrder {
  readonly listen: Address;
  readonly secure?: RouterTls;
  readonly trustedProxies?: readonly string[];
  readonly tablePath: string;
  readonly controlPath: string;
}

export type RouterAnswer = { readonly is: 'listening' } | { readonly is: 'failed'; readonly code: string; readonly message: string };

const program = fileURLToPath(new URL(`./router-main${extname(import.meta.filename)}`, import.meta.url));
const endMs = 15_000;
const pollMs = 25;

/**
 * The router of a control socket: the one that runs, or else a new one in a process of its own, which lives on when this one ends. One that listens
 * elsewhere than is wanted now is replaced.
 *
 * @throws {DeliveryError} ROUTER_UNREACHABLE when it cannot be started.
 */
export async function ensureRouter(order: RouterOrder): Promise<RemoteRouter> {
  const router = connectRouter(order);
  const present = await describe(router);
  if (present !== undefined && isAsWanted(present, order)) return router;
  if (present !== undefined) {
    await router.stop();
    await awaitEnd(router);
  }
  const answer = await start(order);
  if (answer.is === 'listening') return router;
  // Somebody else started one at the same time.
  const other = answer.code === 'ROUTER_UNREACHABLE' ? await awaitStart(router) : undefined;
  if (other !== undefined && isAsWanted(other, order)) return router;
  throw new DeliveryError('ROUTER_UNREACHABLE', explain(answer, order));
}

async function describe(router: RemoteRouter): Promise<RouterDescription | undefined> {
  try {
    return await router.describe();
  } catch {
    return undefined;
  }
}

function isAsWanted({ listen, secure, trustedProxies = [] }: RouterDescription, order: RouterOrder): boolean {
  if (!isDeepStrictEqual(trustedProxies, order.trustedProxies ?? [])) return false;
  if (!isAt(listen, order.listen) || secure?.isWantedByAll !== order.secure?.isWantedByAll) return false;
  if (secure === undefined || order.secure === undefined) return secure === order.secure;
  return isAt(secure.listen, order.secure.listen) && isDeepStrictEqual(secure.certificates, order.secure.certificates);
}

function isAt(present: Address, wanted: Address): boolean {
  return present.host === wanted.host && (wanted.port === 0 || present.port === wanted.port);
}

async function awaitStart(router: RemoteRouter): Promise<RouterDescription | undefined> {
  const deadline = performance.now() + endMs;
  while (performance.now() < deadline) {
    const description = await describe(router);
    if (description !== undefined) return description;
    await delay(pollMs);
  }
  return undefined;
}

async function awaitEnd(router: RemoteRouter): Promise<void> {
  const deadline = performance.now() + endMs;
  while ((await describe(router)) !== undefined) {
    if (performance.now() > deadline) throw new DeliveryError('ROUTER_UNREACHABLE', 'The router that runs does not end: stop its process.');
    await delay(pollMs);
  }
}

async function start(order: RouterOrder): Promise<RouterAnswer> {
  const directory = dirname(order.controlPath);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    const { firstLine } = await startDetached({
      program: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', program],
      env: listCodeCacheVariables(),
      cwd: directory,
      input: Buffer.from(JSON.stringify(order)),
      errorPath: join(directory, 'router.log'),
    });
    return JSON.parse(firstLine) as RouterAnswer;
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    return { is: 'failed', code: error.code, message: `it ended at once; ${join(directory, 'router.log')} says more` };
  }
}

function explain({ code, message }: Extract<RouterAnswer, { is: 'failed' }>, { listen: { host, port } }: RouterOrder): string {
  if (code === 'EADDRINUSE')
    return `The router cannot listen on ${host}, port ${port}: another program has it. Choose another port for the router.`;
  if (code === 'EACCES') return `The router may not listen on ${host}, port ${port}: ports from 1024 on are free to all.`;
  if (code === 'EADDRNOTAVAIL') return `The router cannot listen on ${host}: this machine does not have the address.`;
  return `The router could not be started: ${message}`;
}
