import assert from 'node:assert/strict';
import { anApplication } from '../an-application.ts';
import type { Failure } from './play-failure.ts';

/** Long enough to listen on any machine, where that is what goes wrong. */
const soon = { health: { path: '/', attempts: 60, interval_seconds: 0.25, timeout_seconds: 2 } };
/** Has something to do until somebody ends it. */
export const neverListening = anApplication('bad', { listen: 'setInterval(() => {}, 1000)' });
/** Well until its first user comes. */
export const crashing = anApplication('bad', {
  answer: `if (!/deployguard/.test(request.headers['user-agent'])) setTimeout(() => { console.error('no database'); process.exit(3); }, 50);`,
});

/** Asks a registry that has no packages. */
const installMissing = `
  const registry = require('node:http').createServer((request, response) => response.writeHead(404).end('{}'));
  registry.listen(0, '127.0.0.1', () => {
    const at = 'http://127.0.0.1:' + registry.address().port;
    const npm = require('node:child_process').spawn('npm', ['install', 'left-pad-of-nobody', '--registry=' + at], { stdio: 'inherit' });
    npm.on('exit', (exitCode) => process.exit(exitCode));
  });
`;

/** Wherever applications run. */
export const wrongApplications: readonly Failure[] = [
  broken('the build fails', anApplication('bad'), 'BUILD_FAILED', /cannot compile/, { build_command: 'echo cannot compile >&2; exit 7' }),
  broken('a dependency is missing', anApplication('bad', { setup: "require('left-pad-of-nobody');" }), 'CRASHED', /left-pad-of-nobody/),
  broken('the registry of packages is down', anApplication('bad'), 'BUILD_FAILED', /ECONNREFUSED/, {
    install_command: 'npm install left-pad --registry=http://127.0.0.1:1 --fetch-retries=0',
  }),
  broken(
    'the registry of packages does not have a dependency',
    { ...anApplication('bad'), 'install.js': installMissing },
    'BUILD_FAILED',
    /E404/,
    {
      install_command: 'node install.js',
    },
  ),
  broken(
    'the start crashes',
    anApplication('bad', { setup: 'console.error("no such setting"); process.exit(3);' }),
    'CRASHED',
    /no such setting/,
  ),
  broken('it never listens', neverListening, 'NEVER_LISTENED', /PORT/, { health: { path: '/', attempts: 8, interval_seconds: 0.25 } }),
  broken(
    'it listens on another port',
    anApplication('bad', { listen: 'server.listen(0)' }),
    'OTHER_PORT',
    /listens on port \d+, but has to listen on the one that the variable PORT names/,
    soon,
  ),
  broken('it answers its health check with 500', anApplication('bad', { answer: 'response.statusCode = 500;' }), 'UNHEALTHY', /500/, soon),
  broken('a smoke test fails after it was healthy', anApplication('bad'), 'SMOKE_FAILED', /good/, {
    smoke_tests: [{ path: '/', body_includes: 'good' }],
  }),
  broken(
    'it needs more memory than it may have',
    anApplication('bad', { setup: 'globalThis.kept = []; setInterval(() => kept.push(Buffer.alloc(20e6, 1)), 20);', listen: '' }),
    'CRASHED',
    /more memory than its limit allows/,
    { resources: { memory: '128Mi' } },
  ),
  {
    what: 'the disk is full',
    async bring({ service, deploy, end }) {
      const free = service.fillDisk();
      // Where nothing may be mounted, files as such are too large.
      const id = await deploy(
        anApplication('bad'),
        free === undefined ? { build_command: 'ulimit -f 8; head -c 100000 /dev/zero >large' } : {},
      );
      await end(id);
      free?.();
      return id;
    },
    ends: 'FAILED',
    code: /^(DISK_FULL|BUILD_FAILED)$/,
    fault: /^(platform|application)$/,
    says: /room|large/,
  },
  {
    what: 'it crashes after the switch',
    async bring({ service, observeSeconds, deploy, end }) {
      service.change({ observeSeconds });
      const id = await deploy(crashing);
      await end(id);
      service.change({ observeSeconds: 0 });
      return id;
    },
    ends: 'ROLLED_BACK',
    code: /^CRASHED$/,
    says: /no database/,
    // It was what users had for a moment.
    answers: /./,
  },
  {
    what: 'it starts slowly',
    bring: ({ deploy }) => deploy(anApplication('slow', { listen: 'setTimeout(() => server.listen(process.env.PORT), 2500)' })),
    ends: 'EXPOSED',
    answers: /^200 (good|slow) $/,
    leaves: 'slow',
  },
  {
    what: 'two are deployed at once',
    async bring({ service, deploy }) {
      const first = await deploy(anApplication('one'));
      const second = await deploy(anApplication('two'));
      const { status } = await service.get(second);
      await service.waitFor(second, 'EXPOSED', 'FAILED');
      assert.deepEqual([status, (await service.get(first)).status], ['QUEUED', 'STOPPED']);
      return second;
    },
    ends: 'EXPOSED',
    answers: /^200 (good|one|two) $/,
    leaves: 'two',
  },
];

/** A deployment of these files comes to nothing. */
export function broken(
  what: string,
  files: Readonly<Record<string, string>>,
  code: string,
  says: RegExp,
  config: Readonly<Record<string, unknown>> = {},
): Failure {
  return { what, bring: ({ deploy }) => deploy(files, config), ends: 'FAILED', code: new RegExp(`^${code}$`), says };
}
