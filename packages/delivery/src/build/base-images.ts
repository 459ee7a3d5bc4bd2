import { DeliveryError } from '../delivery-error.ts';
import { parseImageName, printImageName } from './image-name.ts';

/** Which images others may be built on. */
export interface BaseImages {
  /**
   * What stands for an image: `node:22`, `node` (any tag), `ghcr.io/owner/name:1`, as a Dockerfile says it, to a name that can be fetched,
   * best with its digest. The most exact entry counts.
   */
  readonly map: Readonly<Record<string, string>>;
  /** Registries from which images that are not in the map are taken as they are. Empty in a closed network. */
  readonly registries: readonly string[];
}

/**
 * The image that stands for one that a Dockerfile names.
 *
 * @throws {DeliveryError} `BASE_IMAGE_REFUSED`
 */
export function resolveBaseImage(text: string, { map, registries }: BaseImages): string {
  const name = parseImageName(text);
  if (name === undefined) throw refuse(text, 'it is no name of an image');
  const wanted = printImageName(name);
  const repository = printImageName({ registry: name.registry, repository: name.repository });
  let best: { readonly length: number; readonly value: string } | undefined;
  for (const [key, value] of Object.entries(map)) {
    const parsed = parseImageName(key);
    if (parsed === undefined) continue;
    const pattern = printImageName(parsed);
    // `node:22` stands for `node:22.1` and `node:22-slim` too.
    const isSame = pattern === wanted || pattern === repository;
    const isPart = parsed.tag !== undefined && wanted.startsWith(pattern) && /^[.-]/.test(wanted.slice(pattern.length));
    if ((isSame || isPart) && (best === undefined || pattern.length > best.length)) best = { length: pattern.length, value };
  }
  if (best !== undefined) return best.value;
  if (registries.includes(name.registry)) return name.tag === undefined && name.digest === undefined ? `${wanted}:latest` : wanted;
  throw refuse(
    text,
    registries.length === 0 ? 'this platform builds only on images of its map' : `${name.registry} is no registry that may be used`,
  );
}

function refuse(text: string, reason: string): DeliveryError {
  return new DeliveryError(
    'BASE_IMAGE_REFUSED',
    `${JSON.stringify(text)} cannot be built on: ${reason}. Use another image, or ask whoever runs this platform to add it to the map of base images.`,
  );
}
