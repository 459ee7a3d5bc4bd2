// Runs `npm ci` when the dependencies are missing or older than the lock file, so that each command of the README works on a fresh clone.
// Plain JS: it runs under whatever Node the system has.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockFile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lockFile).mtimeMs) {
  console.error('Installing dependencies (npm ci) ...');
  const npm = process.env.npm_execpath;
  const [program, args] = npm?.endsWith('.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  // Under an older Node of the system npm warns of each package that wants ours, which comes with them.
  const { status, error } = spawnSync(program, [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (error) console.error(`Could not start npm: ${error.message}. Install npm 10 or newer, then run this command again.`);
  if (status !== 0) process.exit(status ?? 1);
}
