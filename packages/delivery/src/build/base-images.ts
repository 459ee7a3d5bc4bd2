import { posix } from 'node:path';
import { DeliveryError } from '../delivery-error.ts';
import { parseImageName, printImageName } from './image-name.ts';
import type { ImageName } from './image-name.ts';

/** Which images others may be built on. */
export interface BaseImages {
  /**
   * What stands for an image: `node:22`, `node` (any tag), `node:*-slim*`, `ghcr.io/owner/name:1`, as a Dockerfile says it, to a name that
   * can be fetched, best with its digest. The longest entry that fits counts.
   */
  readonly map: Readonly<Record<string, string>>;
  /** Registries from which images that are not in the map are taken as they are. Empty in a closed network. */
  readonly registries: readonly string[];
  /** Name of the images of an application, where there are others beside it: what is in the same folder of their registry is nobody's base. */
  readonly applicationImages?: string;
}

/**
 * The image that stands for one that a Dockerfile names.
 *
 * @throws {DeliveryError} `BASE_IMAGE_REFUSED`
 */
export function resolveBaseImage(text: string, { map, registries, applicationImages }: BaseImages): string {
  const name = parseImageName(text);
  if (name === undefined) throw refuse(text, 'it is no name of an image');
  const wanted = printImageName(name);
  let best: { readonly length: number; readonly value: string } | undefined;
  for (const [key, value] of Object.entries(map)) {
    const length = measureFit(key, name);
    if (length > (best?.length ?? 0)) best = { length, value };
  }
  if (best !== undefined) return best.value;
  if (applicationImages !== undefined && folderOf(name) === folderOf(parseImageName(applicationImages)))
    throw refuse(text, 'images of applications stand there');
  if (registries.includes(name.registry)) return name.tag === undefined && name.digest === undefined ? `${wanted}:latest` : wanted;
  throw refuse(
    text,
    registries.length === 0 ? 'this platform builds only on images of its map' : `${name.registry} is no registry that may be used`,
  );
}

function folderOf(name: ImageName | undefined): string | undefined {
  return name && `${name.registry}/${posix.dirname(name.repository)}`;
}

/** How long the whole name of an entry is that stands for an image; 0 when it does not. */
function measureFit(key: string, { registry, repository, tag = 'latest', digest }: ImageName): number {
  const [, place, pattern] = /^([^*]+):([\w.-]*\*[\w.*-]*)$/.exec(key) ?? [];
  const entry = parseImageName(place ?? key);
  if (entry?.registry !== registry || entry.repository !== repository) return 0;
  const fits =
    pattern === undefined
      ? isSameOrPart(entry, { tag, digest })
      : new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`).test(tag);
  return fits ? printImageName(entry).length + (pattern?.length ?? 0) : 0;
}

function isSameOrPart(entry: ImageName, { tag, digest }: { readonly tag: string; readonly digest: string | undefined }): boolean {
  if (entry.digest !== undefined && entry.digest !== digest) return false;
  // `node:22` stands for `node:22.1` and `node:22-slim` too.
  return entry.tag === undefined || entry.tag === tag || (tag.startsWith(entry.tag) && /^[.-]/.test(tag.slice(entry.tag.length)));
}

function refuse(text: string, reason: string): DeliveryError {
  return new DeliveryError(
    'BASE_IMAGE_REFUSED',
    `${JSON.stringify(text)} cannot be built on: ${reason}. Use another image, or ask whoever runs this platform to add it to the map of base images.`,
  );
}
