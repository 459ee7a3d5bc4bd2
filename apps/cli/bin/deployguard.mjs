#!/usr/bin/env node
// Finds a Node that runs the program (24.12 or newer: this one, else the one that npm installed beside the dependencies) and starts it.
// Plain JS in the syntax of old versions, because it must be able to say what is missing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const exitCodes = { failed: 5, bug: 70 };

// Node warns of every program in which these are set together; here the first one wins.
if (process.env.NO_COLOR) delete process.env.FORCE_COLOR;
if (process.env.FORCE_COLOR !== undefined) delete process.env.NODE_DISABLE_COLORS;

if (isNewEnough(process.versions.node)) await startHere();
else startUnderPinnedNode();

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 12);
}

async function startHere() {
  // Compiled code is kept between runs, in a directory of the user's own: whoever can write there decides what we run.
  process.env.NODE_COMPILE_CACHE ||= join(findCacheDirectory(), 'deployguard', 'code');
  nodeModule.enableCompileCache();
  const source = join(here, '..', 'src', 'main.ts');
  const compiled = join(here, '..', 'dist', 'main.js');
  const entry = existsSync(source) ? source : compiled;
  let main;
  try {
    ({ main } = await import(pathToFileURL(entry).href));
  } catch (error) {
    if (error && error.code === 'ERR_MODULE_NOT_FOUND')
      fail(`A part of DeployGuard is missing: ${error.message}\nInstall the dependencies with \`npm ci\`, then try again.`);
    throw error;
  }
  await main(process);
}

/** Never a relative one: that would lie in whatever repository the command runs in. */
function findCacheDirectory() {
  const { XDG_CACHE_HOME, HOME } = process.env;
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
  return join(HOME && isAbsolute(HOME) ? HOME : userInfo().homedir, '.cache');
}

function startUnderPinnedNode() {
  if (process.env.DEPLOYGUARD_LAUNCHED) fail('The Node.js beside the dependencies is too old as well. Run `npm ci`.');
  const node = findPinnedNode(here);
  if (!node)
    fail(
      `DeployGuard needs Node.js 24.12 or newer; this is ${process.versions.node}.\nInstall it, or run \`npm ci\`, which brings a suitable one along.`,
    );
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, DEPLOYGUARD_LAUNCHED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`Could not start ${node}: ${error.message}`));
  child.on('exit', (code) => process.exit(code ?? exitCodes.bug));
}

function findPinnedNode(directory) {
  const node = join(
    directory,
    'node_modules',
    `node-${process.platform}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(node)) return node;
  const parent = dirname(directory);
  return parent === directory ? undefined : findPinnedNode(parent);
}

function fail(message) {
  process.stderr.write(`deployguard: ${message}\n`);
  process.exit(exitCodes.failed);
}
