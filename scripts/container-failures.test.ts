// The ways in which a deployment can go wrong, in containers, and what goes wrong only there: a few of them in CI, all by npm run test:image or test:long.
// DEPLOYGUARD_TEST_ROWS=<pattern> plays those that are called so. Takes minutes and root, so it is no part of the tests that run everywhere.
import { anApplication } from '../apps/server/test/an-application.ts';
import type { Failure } from '../apps/server/test/failures/play-failure.ts';
import { testFailures } from '../apps/server/test/failures/test-failures.ts';
import { broken } from '../apps/server/test/failures/wrong-applications.ts';
import { skipContainerTests } from '../packages/delivery/test/an-engine.ts';
import { findBaseImage } from './find-base-image.ts';
import { areContainersWanted, findContainerTool } from './find-container-tool.ts';
import { startContainersService } from './start-containers-service.ts';
import type { ContainersService } from './start-containers-service.ts';

let service: ContainersService;

const refused = { ends: 'FAILED', fault: /^engine$/, code: /^ENGINE_FAILED$/, says: /Cannot connect to the engine/ } as const;

const inContainers: readonly Failure[] = [
  {
    what: 'the engine is down',
    async bring({ deploy, end }) {
      const repair = service.engine.breakDown();
      const id = await deploy(anApplication('bad'));
      await service.waitFor(id, 'FAILED', 'EXPOSED');
      repair();
      await end(id);
      return id;
    },
    ...refused,
  },
  {
    what: 'the engine does not start a container',
    async bring({ deploy, end }) {
      const repair = service.engine.breakDown('run');
      const id = await deploy(anApplication('bad'));
      await end(id);
      repair();
      return id;
    },
    ...refused,
  },
  {
    what: 'the disk of the engine is full',
    async bring({ deploy, end }) {
      const free = service.engine.fillDisk();
      const id = await deploy(anApplication('bad'));
      await service.waitFor(id, 'FAILED', 'EXPOSED');
      free();
      await end(id);
      return id;
    },
    ends: 'FAILED',
    fault: /^platform$/,
    code: /^DISK_FULL$/,
    says: /no (?:room|space) left/,
  },
  {
    ...broken('a base image is gone', { Dockerfile: 'FROM gone\nCMD true\n' }, 'REGISTRY_UNREACHABLE', /could not be fetched/),
    fault: /^platform$/,
  },
  broken(
    'it listens on loopback alone',
    anApplication('bad', { listen: "server.listen(process.env.PORT, '127.0.0.1')" }),
    'LOOPBACK_ONLY',
    /0\.0\.0\.0/,
    { health: { path: '/', attempts: 8, interval_seconds: 0.25 } },
  ),
  broken('a base image is not in the map', { Dockerfile: 'FROM alpine\nCMD true\n' }, 'BASE_IMAGE_REFUSED', /alpine.*map of base images/s),
  broken(
    'a Dockerfile asks for what is not its',
    { Dockerfile: 'FROM node\nRUN --mount=type=bind,source=/etc,target=/x cat /x/shadow\n' },
    'DOCKERFILE_REFUSED',
    /mount/,
  ),
  broken(
    'it writes more than there is room for',
    anApplication('bad', { setup: "require('node:fs').writeFileSync('/tmp/large', Buffer.alloc(80e6));" }),
    'CRASHED',
    /ENOSPC/,
  ),
  broken('its build takes more memory than it may', anApplication('bad'), 'BUILD_FAILED', /status 137|Killed|memory/, {
    build_command: 'node -e "const all = []; for (;;) all.push(Buffer.alloc(2e7, 1))"',
  }),
];

const areWanted = areContainersWanted(process.env);

if (areWanted || process.env['CI'])
  testFailures({
    async start(observeSeconds) {
      const base = await findBaseImage();
      const tool = await findContainerTool(base, process.env);
      const bases = { node: base, gone: '127.0.0.1:1/gone:1' };
      const environment = { DEPLOYGUARD_LIMITS_MAX_BUILD_MEMORY_BYTES: String(512 * 1024 ** 2) };
      return (service = await startContainersService(tool, bases, { observeSeconds, environment }));
    },
    extent: areWanted && process.env['DEPLOYGUARD_TEST_SEED'] === undefined ? 'all' : 'shortest',
    more: inContainers,
    command: 'DEPLOYGUARD_TEST_IMAGE=1 node scripts/test.ts scripts/container-failures.test.ts',
  });
else skipContainerTests('the ways in which a deployment can go wrong, in containers');
