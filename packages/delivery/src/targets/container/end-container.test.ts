import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endContainer } from './end-container.ts';

/** An engine that answers every command by a complaint, as engines word it. */
async function end(complaint: string): Promise<void> {
  const engine = {
    kind: 'docker',
    program: 'sh',
    arguments: ['-c', `printf '%s\\n' "$COMPLAINT" >&2; exit 1`],
    environment: { PATH: process.env['PATH']!, COMPLAINT: complaint },
  } as const;
  await endContainer({ engine, name: 'deployguard-0-shop.run-1' }, 0);
}

test('a container that the engine does not know is as good as removed', async () => {
  for (const complaint of [
    'Error: no container with name or ID "deployguard-0-shop.run-1" found: no such container',
    'Error: inspecting object: no such container deployguard-0-shop.run-1',
    'Error response from daemon: No such container: deployguard-0-shop.run-1',
    'Error: No such object: deployguard-0-shop.run-1',
    // Of what else is asked for so.
    'Error: inspecting object: deployguard/shop: image not known',
    'Error response from daemon: No such image: deployguard/shop:latest',
    'Error: unable to find network with name or ID deployguard-0-shop: network not found',
    'Error response from daemon: network deployguard-0-shop not found',
  ])
    await end(complaint);
});

test('an engine that is not there, or does not work, has not removed a container', async () => {
  for (const complaint of [
    'failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory',
    'Cannot connect to Podman. Error: unable to connect to Podman socket: dial unix /run/podman/podman.sock: connect: no such file or directory',
    'Error: default OCI runtime "crun" not found: invalid argument',
    'Error: exec: "runc": executable file not found in $PATH',
    'Error: layer not known',
  ])
    await assert.rejects(end(complaint), { code: 'ENGINE_FAILED' }, complaint);
});
