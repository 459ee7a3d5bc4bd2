import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, ProcessError, runProcess } from '@deployguard/process';
import { listTlsArguments } from '../containers/list-tls-arguments.ts';
import { isImageSigned } from './sign-image.ts';
import type { ImageSignature, SignedImage } from './sign-image.ts';

export interface PushSignatureOptions {
  /** What others signed under the same name stays; a signature by one of these keys is not pushed a second time. */
  readonly publicKeys: readonly KeyObject[];
  /** All that the program sees of the environment: it is looked for in its `PATH`, and logs in as the engine does. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workDirectory: string;
  readonly signal?: AbortSignal;
}

/** Whether the signature stands in the registry now, and else why not. */
export type SignaturePush = { readonly isPushed: true } | { readonly isPushed: false; readonly reason: string };

interface Descriptor {
  readonly mediaType: string;
  readonly size: number;
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Manifest {
  /** Of an index there are none. */
  readonly layers?: readonly Descriptor[];
}

const program = 'skopeo';
const timeoutSeconds = 300;
const payloadType = 'application/vnd.dev.cosign.simplesigning.v1+json';
const annotation = 'dev.cosignproject.cosign/signature';

/**
 * Puts a signature beside its image in the registry, where `cosign verify` looks for it: a manifest whose layers are signed statements, under the tag
 * `sha256-….sig` (https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md). By skopeo, which knows the logins and authorities of the engine.
 */
export async function pushSignature(
  image: SignedImage,
  { payload, signature }: ImageSignature,
  { publicKeys, environment, workDirectory, signal }: PushSignatureOptions,
): Promise<SignaturePush> {
  if (findProgram(program, environment['PATH'] ?? '') === undefined) return { isPushed: false, reason: `${program} is not installed` };
  const name = `${image.repository}:${image.digest.replace(':', '-')}.sig`;
  const directory = await mkdtemp(join(workDirectory, 'signature-'));
  const copy = async (flag: 'src' | 'dest', from: string, to: string): Promise<string | undefined> => {
    const tls = listTlsArguments({ kind: 'podman' }, [name]).map((argument) => argument.replace('--', `--${flag}-`));
    const { exitCode, stderr } = await runProcess({
      program,
      args: ['copy', '--quiet', '--preserve-digests', ...tls, from, to],
      env: { ...environment, TMPDIR: directory },
      timeoutSeconds,
      ...(signal && { signal }),
    });
    return exitCode === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? '').slice(0, 500);
  };
  try {
    const absence = await copy('src', `docker://${name}`, `oci:${directory}:signature`);
    // What could only not be read would be overwritten.
    if (absence !== undefined && !/\b(?:(?:manifest|name) unknown|not found)\b/.test(absence)) return { isPushed: false, reason: absence };
    const { layers } = absence === undefined ? await readManifest(directory) : { layers: [] };
    if (layers === undefined) return { isPushed: false, reason: `${name} is there, and no signature` };
    for (const layer of layers) {
      const found = { payload: (await readBlob(directory, layer)).toString('base64'), signature: layer.annotations?.[annotation] ?? '' };
      if (isImageSigned(image, found, publicKeys)) return { isPushed: true };
    }
    await writeLayout(directory, [
      ...layers,
      await writeBlob(directory, payloadType, Buffer.from(payload, 'base64'), { [annotation]: signature }),
    ]);
    const failure = await copy('dest', `oci:${directory}:signature`, `docker://${name}`);
    return failure === undefined ? { isPushed: true } : { isPushed: false, reason: failure };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ProcessError) return { isPushed: false, reason: error.message };
    throw error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
async function writeLayout(directory: string, layers: readonly Descriptor[]): Promise<void> {
  const config = {
    architecture: '',
    os: '',
    config: {},
    history: layers.map(() => ({ created: '0001-01-01T00:00:00Z' })),
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: await writeBlob(directory, 'application/vnd.oci.image.config.v1+json', Buffer.from(JSON.stringify(config))),
    layers,
  };
  const { mediaType } = manifest;
  const named = await writeBlob(directory, mediaType, Buffer.from(JSON.stringify(manifest)), {
    'org.opencontainers.image.ref.name': 'signature',
  });
  await writeFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
}

async function readManifest(directory: string): Promise<Manifest> {
  const { manifests } = JSON.parse(await readFile(join(directory, 'index.json'), 'utf8')) as { manifests: [Descriptor] };
  return JSON.parse((await readBlob(directory, manifests[0])).toString('utf8')) as Manifest;
}

const folder = join('blobs', 'sha256');

function readBlob(directory: string, { digest }: Descriptor): Promise<Buffer> {
  return readFile(join(directory, folder, digest.replace(/^sha256:/, '')));
}

async function writeBlob(
  directory: string,
  mediaType: string,
  content: Buffer,
  annotations?: Readonly<Record<string, string>>,
): Promise<Descriptor> {
  const id = createHash('sha256').update(content).digest('hex');
  await mkdir(join(directory, folder), { recursive: true });
  await writeFile(join(directory, folder, id), content);
  return { mediaType, size: content.length, digest: `sha256:${id}`, ...(annotations && { annotations }) };
}
