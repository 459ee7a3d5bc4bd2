import type { ContainerEngine } from '../containers/container-engine.ts';
import { DeliveryError } from '../delivery-error.ts';

/** The parts of an image's name. Names without a registry are those of Docker Hub. */
export interface ImageName {
  readonly registry: string;
  /** Without the registry; `library/node` for `node`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

const registryPattern =
  /^(?:localhost|[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+|\[[0-9a-f:]+\]|[a-z0-9-]+(?=:))(?::\d{1,5})?$/i;
const repositoryPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

/**
 * Reads the name of an image (https://github.com/distribution/reference). What engines take beside it, such as `docker-archive:/path`,
 * is no name. `undefined` when it is none.
 */
export function parseImageName(text: string): ImageName | undefined {
  const [, name = '', tag, digest] = /^([^@]*?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  const slash = name.indexOf('/');
  const hasRegistry = slash !== -1 && registryPattern.test(name.slice(0, slash));
  const registry = hasRegistry ? name.slice(0, slash) : 'docker.io';
  const path = hasRegistry ? name.slice(slash + 1) : name;
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (!repositoryPattern.test(repository) || name.length > 255) return undefined;
  return { registry, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** The whole name, with its registry. */
export function printImageName({ registry, repository, tag, digest }: ImageName): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** The digest of the first of these names that is one of that repository, in whichever form: Docker leaves out the registry of Docker Hub. */
export function findDigest(names: readonly string[], imageRepository: string): string | undefined {
  const wanted = parseImageName(imageRepository);
  return names
    .map((name) => parseImageName(name))
    .find((name) => name !== undefined && name.registry === wanted?.registry && name.repository === wanted.repository)?.digest;
}

/** Of the engine's `images`: those of that name alone. Docker's filter knows those of Docker Hub as it prints them. */
export function filterByRepository({ kind }: ContainerEngine, imageRepository: string): string[] {
  const known = kind === 'docker' ? imageRepository.replace(/^docker\.io\/(?:library\/(?=[^/]+$))?/, '') : imageRepository;
  return ['--filter', `reference=${known}`];
}

/** @throws {DeliveryError} `RELEASE_INVALID` when an image cannot be called so. */
export function assertImageRepository(text: string): void {
  const name = parseImageName(text);
  if (name === undefined || name.tag !== undefined || name.digest !== undefined)
    throw new DeliveryError(
      'RELEASE_INVALID',
      `${JSON.stringify(text)} is no name for images. Use lower-case letters, digits, and - . _ / between them.`,
    );
}
