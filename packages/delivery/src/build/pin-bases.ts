import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerEngine } from '../containers/container-engine.ts';
import { listTlsArguments } from '../containers/list-tls-arguments.ts';
import { describePodman, runEngine } from '../containers/run-engine.ts';
import type { PodmanFacts } from '../containers/run-engine.ts';
import { DeliveryError } from '../delivery-error.ts';
import { guardDisk } from './guard-disk.ts';
import { parseImageName, printImageName } from './image-name.ts';

export interface PinOptions {
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
  /** Told the name of each that was not there. */
  readonly onFetched?: (name: string) => void;
}

/**
 * A Dockerfile whose bases of open registries are named by the digest of what was looked at here, fetched where they are not there. What such a
 * base has its builds do (`ONBUILD`) is read by nobody before the engine does it: one that has them do something is refused.
 *
 * @throws {DeliveryError} `BASE_IMAGE_REFUSED`, `REGISTRY_UNREACHABLE`, `BUILD_TOO_LARGE`, `ENGINE_UNAVAILABLE`, `ENGINE_FAILED`, `CANCELLED`
 */
export async function pinBases(engine: ContainerEngine, text: string, bases: readonly string[], options: PinOptions): Promise<string> {
  if (bases.length === 0) return text;
  const podman = await describePodman(engine);
  const pinned = new Map<string, string>();
  for (const base of bases) pinned.set(`FROM ${base} AS `, `FROM ${await pin(engine, base, podman, options)} AS `);
  const lines = text.split('\n').map((line) => {
    const [start, pin] = [...pinned].find(([start]) => line.startsWith(start)) ?? [];
    return start === undefined ? line : `${pin}${line.slice(start.length)}`;
  });
  return lines.join('\n');
}

async function pin(engine: ContainerEngine, base: string, podman: PodmanFacts | undefined, options: PinOptions): Promise<string> {
  const { registry, repository, tag, digest } = parseImageName(base)!;
  // No engine reads both.
  const name = printImageName({ registry, repository, ...(digest === undefined ? tag !== undefined && { tag } : { digest }) });
  let image = await inspectImage(engine, name);
  if (image === undefined) {
    await pull(engine, name, podman, options);
    options.onFetched?.(name);
    image = await inspectImage(engine, name);
  }
  const known = image?.RepoDigests?.map((text) => parseImageName(text));
  const found = known?.find((each) => each?.digest !== undefined && each.registry === registry && each.repository === repository)?.digest;
  if (image === undefined || found === undefined)
    throw new DeliveryError('ENGINE_FAILED', `${engine.program} does not say what ${base} is.`);
  const triggers = engine.kind === 'podman' ? await readStoredTriggers(image.Id, podman) : image.Config?.OnBuild;
  if ((triggers ?? []).length > 0)
    throw new DeliveryError(
      'BASE_IMAGE_REFUSED',
      `${JSON.stringify(base)} cannot be built on: it has what is built on it do something (ONBUILD). Use another image, or write that into your Dockerfile.`,
    );
  return printImageName({ registry, repository, digest: found });
}

interface StoredImage {
  readonly Id: string;
  readonly RepoDigests?: readonly string[] | null;
  readonly Config?: ImageSettings | null;
}

interface ImageSettings {
  readonly OnBuild?: readonly string[] | null;
}

async function inspectImage(engine: ContainerEngine, name: string): Promise<StoredImage | undefined> {
  const printed = await runEngine(engine, ['image', 'inspect', name]).catch(() => undefined);
  return printed === undefined ? undefined : (JSON.parse(printed) as StoredImage[])[0];
}

async function pull(engine: ContainerEngine, name: string, podman: PodmanFacts | undefined, options: PinOptions): Promise<void> {
  using disk = await guardDisk(podman?.store ?? '', options.signal);
  const flags = ['--quiet', ...listTlsArguments(engine, [name]), ...(engine.pushArguments ?? [])];
  try {
    await runEngine(engine, ['pull', ...flags, name], { timeoutSeconds: options.timeoutSeconds, signal: disk.signal });
  } catch (error) {
    disk.assertRoom();
    if (!(error instanceof DeliveryError) || error.code !== 'ENGINE_FAILED') throw error;
    throw new DeliveryError('REGISTRY_UNREACHABLE', `A base image could not be fetched. ${error.message}`, { cause: error });
  }
}

/** Podman tells all of an image's settings but this one: it stands in what its store keeps of the image, which has the image's id for its hash. */
async function readStoredTriggers(id: string, podman: PodmanFacts | undefined): Promise<ImageSettings['OnBuild']> {
  const key = `=${Buffer.from(`sha256:${id}`).toString('base64')}`;
  const stored = podman && (await readFile(join(podman.store, `${podman.storeDriver}-images`, id, key)).catch(() => undefined));
  if (stored === undefined || createHash('sha256').update(stored).digest('hex') !== id)
    throw new DeliveryError('ENGINE_FAILED', `The store of Podman does not say what the image ${id} has its builds do.`);
  return (JSON.parse(stored.toString('utf8')) as { readonly config?: ImageSettings | null }).config?.OnBuild;
}
