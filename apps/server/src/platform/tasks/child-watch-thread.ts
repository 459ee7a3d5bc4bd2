// Reads the child's orders. When the parent is gone, whatever became of it, the whole group dies: also a child that is busy, and what it
// has started.
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parentPort } from 'node:worker_threads';

const input = new Socket({ fd: 0, readable: true, writable: false });
input.on('error', killGroup);
input.on('close', killGroup);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
createInterface({ input }).on('line', (line) => parentPort!.postMessage(JSON.parse(line)));

function killGroup(): void {
  process.kill(-process.pid, 'SIGKILL');
}
