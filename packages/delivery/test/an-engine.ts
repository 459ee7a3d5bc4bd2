import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startProcess } from '@deployguard/process';
import { createTemporaryDirectory, findFreePort } from '@deployguard/testkit';
import type { ContainerEngine } from '../src/containers/container-engine.ts';
import { listImages } from '../src/containers/list-images.ts';
import { removeImage } from '../src/targets/container/remove-image.ts';

const execute = promisify(execFile);
const searchPath = `${process.env['PATH']}:/usr/sbin:/sbin`;

/**
 * The engine that tests of containers use; `undefined` unless they are asked for, for they take root and minutes: npm run test:image
 *   DEPLOYGUARD_CONTAINER_TOOL         default: podman; further words are flags of every command, such as `podman --runtime runc`
 *   DEPLOYGUARD_CONTAINER_BUILD_FLAGS  default: limits that every machine can give
 *   DEPLOYGUARD_CONTAINER_RUN_FLAGS    default: the same
 */
export function findTestEngine(): ContainerEngine | undefined {
  if (!process.env['DEPLOYGUARD_TEST_IMAGE'] && !process.env['DEPLOYGUARD_CONTAINER_TOOL']) return undefined;
  const [program = 'podman', ...flags] = words('DEPLOYGUARD_CONTAINER_TOOL') ?? [];
  const kind = basename(program) === 'docker' ? 'docker' : 'podman';
  const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
  // Its registry has no TLS, which Docker knows by itself of registries on this machine.
  const open = kind === 'podman' ? ['--tls-verify=false'] : [];
  return {
    kind,
    program,
    arguments: flags,
    buildArguments: [...(words('DEPLOYGUARD_CONTAINER_BUILD_FLAGS') ?? limits), ...open],
    runArguments: [...(words('DEPLOYGUARD_CONTAINER_RUN_FLAGS') ?? limits), ...open],
    pushArguments: open,
    environment: { PATH: searchPath, HOME: process.env['HOME'] ?? '/root' },
  };
}

/** Tells that tests of containers do not run here. In CI, where each test that does not run is a hole, nobody asks for them: they are no part of it. */
export function skipContainerTests(what: string): void {
  if (!process.env['CI']) test(what, { skip: 'they run in containers: npm run test:image, or npm run test:long' }, () => {});
}

/** A registry of images on this machine, of Debian's package `docker-registry`. */
export interface TestRegistry extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
  /** The bases that `scripts/base-images` makes there; `DEPLOYGUARD_BASE_IMAGES` names a file with what it printed, of another registry. */
  makeBases(...names: string[]): Promise<Record<string, string>>;
  /** What stands there under a name: its digest, or `undefined`. */
  findDigest(repository: string, tag: string): Promise<string | undefined>;
  /** From now on it cannot be reached. */
  stop(): Promise<void>;
}

export async function startTestRegistry(): Promise<TestRegistry> {
  const directory = createTemporaryDirectory();
  const port = await findFreePort();
  const address = `127.0.0.1:${port}`;
  const settings = join(directory.path, 'registry.yml');
  mkdirSync(join(directory.path, 'images'));
  writeFileSync(
    settings,
    `version: 0.1\nlog: { level: error, accesslog: { disabled: true } }\nstorage: { filesystem: { rootdirectory: ${directory.path}/images } }\nhttp: { addr: '${address}' }\n`,
  );
  const running = startProcess({ program: 'docker-registry', args: ['serve', settings], env: { PATH: searchPath } });
  for (let tries = 0; tries < 600 && !(await isUp(address)); tries++) await delay(50);
  return {
    address,
    async makeBases(...names) {
      const known = process.env['DEPLOYGUARD_BASE_IMAGES'];
      const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'base-images');
      const text = known === undefined ? (await execute(script, [address, ...names])).stdout : readFileSync(known, 'utf8');
      return Object.fromEntries([...text.matchAll(/^(\S+): (\S+)$/gm)].map(([, name, image]) => [name!, image!]));
    },
    async findDigest(repository, tag) {
      const answer = await fetch(`http://${address}/v2/${repository}/manifests/${tag}`, {
        headers: { accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' },
      });
      return answer.headers.get('docker-content-digest') ?? undefined;
    },
    stop: () => running.kill(),
    async [Symbol.asyncDispose]() {
      await running.kill();
      await removeBases(address);
      directory.dispose();
    },
  };
}

/** The engine has them too, and nobody else would build on them. */
async function removeBases(address: string): Promise<void> {
  const engine = findTestEngine();
  if (engine === undefined) return;
  for (const id of new Set(await listImages(engine, ['--quiet', '--filter', `reference=${address}/base/*`]))) await removeImage(engine, id);
}

function words(variable: string): string[] | undefined {
  return process.env[variable]?.split(' ').filter((word) => word !== '');
}

async function isUp(address: string): Promise<boolean> {
  return await fetch(`http://${address}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );
}
