import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, openAsBlob, renameSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { readUrl } from './bench-service.ts';
import { printTable } from './print-table.ts';
import { generateLeanReport } from './reports/generate-report.ts';

const root = dirname(import.meta.dirname);
const launcher = join(root, 'apps/cli/bin/deployguard.mjs');
/** A report with so many findings on its way through the embedded service: uploaded, read, stored in PostgreSQL; and the same one once more. */
export async function benchImports(findings: number): Promise<void> {
  const path = await prepareReport(findings);
  using directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o755);
  const service = spawn(process.execPath, [launcher, 'serve'], {
    cwd: '/',
    env: {
      ...process.env,
      DEPLOYGUARD_DATA_DIRECTORY: join(directory.path, 'data'),
      PORT: '0',
      DEPLOYGUARD_IMPORTS_STREAM_CLOSE_SECONDS: '0',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const url = await readUrl(service);
    const rows = [];
    for (const what of ['first', 'again']) rows.push([what, ...(await measureUpload(url, path))]);
    printTable(
      `${findings.toLocaleString('en')} findings, ${(statSync(path).size / 1e6).toFixed(0)} MB: upload → parse → database (a million: at most 90 s; to the first message at most 0.2 s)`,
      ['', 'upload s', 'first message s', 'read s', 'stored s', 'all s', 'new', 'unchanged'],
      rows,
    );
  } finally {
    service.kill('SIGTERM');
    await once(service, 'exit');
  }
}

interface Message {
  readonly type: string;
  readonly data: { readonly current_step?: string };
}

async function measureUpload(url: string, path: string): Promise<string[]> {
  const startedAt = performance.now();
  const since = (): number => (performance.now() - startedAt) / 1000;
  const form = new FormData();
  form.append('assessment_name', 'bench');
  form.append('import_type', 'new');
  form.append('file', await openAsBlob(path), 'report.json');
  const answer = await fetch(`${url}/api/v1/upload`, { method: 'POST', body: form });
  const { job_id: jobId, websocket_url: socketUrl } = (await answer.json()) as { job_id: string; websocket_url: string };
  const uploaded = since();

  const socket = new WebSocket(socketUrl);
  let [first, read] = [0, 0];
  socket.addEventListener('message', ({ data }) => {
    const { type, data: told } = JSON.parse(String(data)) as Message;
    if (type === 'progress' && first === 0) first = since();
    if (read === 0 && told.current_step?.startsWith('Storing')) read = since();
  });
  await once(socket, 'close');
  const ended = since();
  const job = (await (await fetch(`${url}/api/v1/jobs/${jobId}`)).json()) as {
    status: string;
    error_message: string | null;
    summary: { new: number; unchanged: number } | null;
  };
  if (job.summary === null) throw new Error(`The upload is ${job.status}: ${job.error_message}`);
  const figures = [uploaded, first - uploaded, read - uploaded, ended - read, ended];
  return [...figures.map((seconds) => seconds.toFixed(2)), String(job.summary.new), String(job.summary.unchanged)];
}

/** Made once, and kept in .cache/bench. */
async function prepareReport(findings: number): Promise<string> {
  const directory = join(root, '.cache', 'bench');
  const path = join(directory, `report-${findings}.json`);
  if (existsSync(path)) return path;
  console.log(`Writing ${path} (once) ...`);
  mkdirSync(directory, { recursive: true });
  await generateLeanReport(`${path}.part`, findings);
  renameSync(`${path}.part`, path);
  return path;
}
