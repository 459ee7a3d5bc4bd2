import type { ContainerEngine } from './container-engine.ts';

/**
 * What makes the engine speak to registries of this machine without TLS, which Docker does by itself. Only where all of the images come from such:
 * the flag counts for the whole command.
 */
export function listTlsArguments({ kind }: Pick<ContainerEngine, 'kind'>, images: readonly string[]): string[] {
  return kind === 'podman' && images.length > 0 && images.every(isOnThisMachine) ? ['--tls-verify=false'] : [];
}

function isOnThisMachine(name: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3})(?::\d+)?(?:\/|$)/.test(name);
}
