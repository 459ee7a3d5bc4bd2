// A router in a process of its own: `ensureRouter` starts it, and whoever owns its control socket ends it.
import { readFileSync, writeSync } from 'node:fs';
import { noteError } from '../logs/note-error.ts';
import type { RouterAnswer, RouterOrder } from './ensure-router.ts';
import { startRouter } from './start-router.ts';

/** Requests that are under way when it ends. */
const limitMs = 10_000;

const order = JSON.parse(readFileSync(0, 'utf8')) as RouterOrder;
const warn = (message: string): void => noteError(`${new Date().toISOString()} ${message}`);
const router = await startRouter({ ...order, onWarning: warn }).catch((error: unknown) => {
  warn(String(error));
  const { code = '', message } = error as { code?: string; message: string };
  answer({ is: 'failed', code, message });
  process.exit(1);
});
process.on('SIGHUP', () => {});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
void router.stopOrdered.then(end);
answer({ is: 'listening' });

async function end(): Promise<void> {
  await router.close({ limitMs });
  process.exit(0);
}

/** Whoever started it reads one line. */
function answer(line: RouterAnswer): void {
  try {
    writeSync(1, `${JSON.stringify(line)}\n`);
  } catch {
    // It is gone; the next one will ask the socket.
  }
}
