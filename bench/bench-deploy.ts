import { execFileSync } from 'node:child_process';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { anApplication, quickly } from '../apps/server/test/an-application.ts';
import { startDeploymentsService } from '../apps/server/test/start-deployments-service.ts';
import type { DeploymentsService } from '../apps/server/test/start-deployments-service.ts';
import { findBaseImage } from '../scripts/find-base-image.ts';
import { areContainersWanted, findContainerTool } from '../scripts/find-container-tool.ts';
import { startContainersService } from '../scripts/start-containers-service.ts';
import { median, printTable } from './print-table.ts';

const name = 'bench';
/** Says which instance answers: in a sandbox, all have the same process id. */
const files = anApplication('one', {
  setup: 'const instance = require("node:crypto").randomUUID();',
  answer: 'response.write(`${instance} `);',
});

/**
 * How long users wait for a release that was built before, by the API, with all that a deployment does: the commit is fetched and looked at, the build is
 * found again, the release is started and asked, and traffic is switched. The history of a commit that was deployed before is known; another commit
 * of the same files is uploaded and scanned, by source code, which has no rules that the build prepared. Containers where DEPLOYGUARD_TEST_IMAGE is set, or DEPLOYGUARD_CONTAINER_TOOL says how.
 */
export async function benchDeploy(rounds: number): Promise<void> {
  // As the command line does it.
  enableCompileCache(join(import.meta.dirname, '..', '.cache', 'code'));
  const rows: string[][] = [];
  for (const [title, sandbox] of [
    ['process (at most 2)', 'off'],
    ['process in a sandbox (at most 2)', 'required'],
  ] as const) {
    const service = await startDeploymentsService({ environment: { DEPLOYGUARD_DEPLOYMENTS_SANDBOX: sandbox } });
    await service.startWorker();
    rows.push([title, ...(await measure(service, rounds).finally(() => service.stop()))]);
  }
  if (areContainersWanted(process.env)) {
    const base = await findBaseImage();
    await using containers = await startContainersService(await findContainerTool(base, process.env), { node: base });
    await containers.startWorker();
    rows.push(['container (at most 4)', ...(await measure(containers, rounds))]);
  }
  printTable(
    `Seconds until users have a release that was built before, median of ${rounds} (floor: an empty program of Node takes ${measureNode().toFixed(3)} s)`,
    ['', 'deployed again', 'another commit of the same files', 'rolled back to', 'application stopped and started'],
    rows,
  );
}

/** How fast the machine is just now: most of a deployment are processes that start. */
function measureNode(): number {
  const times = Array.from({ length: 15 }, () => {
    const start = performance.now();
    execFileSync(process.execPath, ['--eval', '0']);
    return (performance.now() - start) / 1000;
  });
  return median(times);
}

async function measure(service: DeploymentsService, rounds: number): Promise<string[]> {
  const config = { application: quickly };
  const deployCommit = (): Promise<string> => service.deploy(name, files, { config });
  const { source_id } = await service.waitFor(await deployCommit(), 'EXPOSED', 'FAILED');
  const { id } = (await service.settle(name))!;
  let last = '';
  const ways = [
    () => service.call('POST', '/api/v2/deployments', { application: name, source_id, config }),
    async () => (last = await deployCommit()),
    () => service.call('POST', `/api/v2/deployments/${last}/rollback`, {}),
    async () => {
      await service.call('POST', `/api/v2/applications/${id}/stop`);
      await service.settle(name);
      startedAt = performance.now();
      await service.call('POST', `/api/v2/applications/${id}/start`);
    },
  ];
  const seconds = ways.map((): number[] => []);
  let startedAt = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [index, begin] of ways.entries()) {
      const { text: before } = await service.ask(name);
      startedAt = performance.now();
      await begin();
      for (let now = await service.ask(name); now.status !== 200 || now.text === before; now = await service.ask(name)) await delay(5);
      seconds[index]!.push((performance.now() - startedAt) / 1000);
      await service.settle(name);
    }
  }
  return seconds.map((all) => median(all).toFixed(2));
}
