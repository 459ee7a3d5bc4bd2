/** What an engine for containers has. */
export interface EngineThing {
  /** Of volumes those that no container uses, of processes those of builds. */
  readonly kind: 'container' | 'network' | 'volume' | 'image' | 'process';
  readonly name: string;
  readonly id: string;
  /** Of an image that a registry has too, those that it stands there by. */
  readonly digests?: readonly string[];
}

/** What an application may have in the engine. */
export interface EngineNeeds {
  readonly label: string;
  readonly isThere: boolean;
  /** Ids of the instances that run. */
  readonly instances: ReadonlySet<string>;
  /** Of the images of releases that are kept. */
  readonly digests: ReadonlySet<string>;
}

const containerName = /^deployguard-[0-9a-f]{8}-(?<label>[^.]+)\.(?<instance>.+)$/;

/** Of all that an engine has, which no other service uses: what is there although nothing is under way with the application, and it does not need it. */
export function findEngineRemains(things: readonly EngineThing[], needs: EngineNeeds): readonly EngineThing[] {
  return things.filter(({ kind, name, id, digests = [] }) => {
    switch (kind) {
      case 'container': {
        const { label, instance = '' } = containerName.exec(name)?.groups ?? {};
        // One without such a name is of a build.
        return label === undefined || (label === needs.label && !needs.instances.has(instance));
      }
      case 'network':
        return name.endsWith(`-${needs.label}`) && !needs.isThere;
      case 'image':
        return name.includes(`/${needs.label}:`) && ![id, ...digests].some((digest) => needs.digests.has(digest));
      case 'volume':
      case 'process':
        return true;
    }
  });
}
