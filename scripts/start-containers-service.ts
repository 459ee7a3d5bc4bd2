import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { quickly } from '../apps/server/test/an-application.ts';
import { startDeploymentsService } from '../apps/server/test/start-deployments-service.ts';
import type { DeploymentsService, DeploymentsServiceOptions } from '../apps/server/test/start-deployments-service.ts';
import type { ContainerTool } from './find-container-tool.ts';
import { openOwnEngine } from './open-own-engine.ts';
import type { OwnEngine } from './open-own-engine.ts';

/** A service that runs applications in containers of this machine. */
export interface ContainersService extends DeploymentsService, AsyncDisposable {
  readonly engine: OwnEngine;
  /** Deploys these files as the application, `quickly` unless told otherwise, and waits until it serves. Throws with the reason when it does not. */
  deployWell(application: string, files: Readonly<Record<string, string>>, settings?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** @param baseImages what stands for the images that Dockerfiles name */
export async function startContainersService(
  tool: ContainerTool,
  baseImages: Readonly<Record<string, string>>,
  { environment = {}, ...options }: Omit<DeploymentsServiceOptions, 'listOfEngine'> = {},
): Promise<ContainersService> {
  const directory = createTemporaryDirectory();
  const file = join(directory.path, 'bases.yaml');
  writeFileSync(file, JSON.stringify(baseImages));
  const engine = await openOwnEngine(tool);
  const service = await startDeploymentsService({
    ...options,
    listOfEngine: engine.list,
    environment: {
      DEPLOYGUARD_DEPLOYMENTS_TARGET: 'container',
      DEPLOYGUARD_CONTAINERS_ENGINE: 'podman',
      DEPLOYGUARD_CONTAINERS_ULIMITS: tool.runFlags.filter((word) => word !== '--ulimit').join(','),
      DEPLOYGUARD_CONTAINERS_BASE_IMAGES_FILE: file,
      ...environment,
    },
  });
  const stop = async (): Promise<void> => {
    await service.stop();
    await engine[Symbol.asyncDispose]();
    directory.dispose();
  };
  return {
    ...service,
    engine,
    async deployWell(application, files, settings = quickly) {
      const id = await service.deploy(application, files, { config: { application: settings } });
      const { status, last_error: error } = await service.waitFor(id, 'EXPOSED', 'FAILED', 'ROLLED_BACK', 'ROLLBACK_FAILED');
      if (status !== 'EXPOSED') throw new Error(`${application} is ${status}: ${JSON.stringify(error)}`);
      await service.settle(application);
      return id;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
