import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTemporaryDirectory, mutateReport } from '@deployguard/testkit';
import { readUrl } from '../bench-service.ts';
import { printTable } from '../print-table.ts';

const launcher = join(dirname(dirname(import.meta.dirname)), 'apps/cli/bin/deployguard.mjs');
const longestSeconds = 300;
const atOnce = 3;

/** Uploads so many changed forms of each report to a service of its own, and waits for what comes of them. */
export async function uploadMutations(
  root: string,
  files: readonly string[],
  { times, seed }: { times: number; seed: number },
): Promise<void> {
  using directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o755);
  const service = spawn(process.execPath, [launcher, 'serve'], {
    cwd: '/',
    env: {
      ...process.env,
      DEPLOYGUARD_DATA_DIRECTORY: join(directory.path, 'data'),
      PORT: '0',
      DEPLOYGUARD_HTTP_USER_REQUESTS_PER_MINUTE: '1000000',
      DEPLOYGUARD_HTTP_ADDRESS_REQUESTS_PER_MINUTE: '1000000',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const complaints: string[][] = [];
  const outcomes: Record<string, number> = {};
  let slowest = 0;
  try {
    const url = await readUrl(service);
    const waiting = files.flatMap((file, index) =>
      Array.from({ length: times }, (_, time) => ({ file, seed: seed * 1_000_003 + index * times + time })),
    );
    const all = waiting.length;
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const startedAt = performance.now();
        const outcome = await uploadOne(url, mutateReport(readFileSync(join(root, next.file)), next.seed)).catch((error: unknown) => ({
          complaint: String(error),
        }));
        slowest = Math.max(slowest, (performance.now() - startedAt) / 1000);
        if ('complaint' in outcome) complaints.push([next.file, `seed ${next.seed}: ${outcome.complaint}`]);
        else outcomes[outcome.word] = (outcomes[outcome.word] ?? 0) + 1;
        if (waiting.length > 0 && waiting.length % 100 === 0) console.log(`${all - waiting.length} of ${all}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    service.kill('SIGTERM');
    await once(service, 'exit');
  }
  if (complaints.length > 0) printTable('Complaints', ['report', 'what'], complaints);
  const counts = Object.entries(outcomes).map(([word, count]) => `${count} ${word}`);
  console.log(`\n${files.length} reports, each changed ${times} times: ${counts.join(', ')}; slowest ${slowest.toFixed(1)} s`);
  console.log(`${complaints.length} complaints`);
  if (complaints.length > 0) process.exitCode = 1;
}

interface Job {
  readonly status: string;
  readonly error_message: string | null;
  readonly summary: { readonly lost: Record<string, number> } | null;
}

async function uploadOne(url: string, report: Buffer): Promise<{ readonly word: string } | { readonly complaint: string }> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(report)]), 'report');
  const signal = AbortSignal.timeout(longestSeconds * 1000);
  const answer = await fetch(`${url}/api/v1/upload`, { method: 'POST', body: form, signal });
  const body = (await answer.json()) as { job_id?: string; detail?: string };
  if (answer.status === 422) return { word: 'refused at once' };
  if (answer.status !== 202) return { complaint: `answered with ${answer.status}: ${body.detail}` };
  for (;;) {
    const asked = await fetch(`${url}/api/v1/jobs/${body.job_id}`, { signal });
    if (asked.status !== 200) return { complaint: `the job is answered with ${asked.status}` };
    const { status, error_message: message, summary } = (await asked.json()) as Job;
    if (status === 'completed') return { word: Object.keys(summary!.lost).length > 0 ? 'read in part' : 'read' };
    if (status === 'failed')
      return message === null || /unexpectedly/.test(message) ? { complaint: `failed: ${message}` } : { word: 'failed with a reason' };
    await delay(100);
  }
}
