import { type ReportAccepted, type ReportImportDetails, operations } from '@deployguard/contracts';
import { neutralizeText } from '@deployguard/reports';
import { CliError } from '../cli-error.ts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import { ServerError } from '../client/server-error.ts';
import type { UploadFlags } from '../commands/upload.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { type Column, renderTable } from '../terminal/render-table.ts';
import { listReports } from './list-reports.ts';
import { uploadReport } from './upload-report.ts';
import { waitForImport } from './wait-for-import.ts';

interface Uploaded {
  readonly file: string;
  readonly job: ReportAccepted | ReportImportDetails;
}

/** One after the other; a report that the service refuses does not keep the others back. */
export async function runUpload(paths: readonly string[], flags: UploadFlags, context: CliContext): Promise<ExitCode> {
  const { stdout, stderr } = context;
  const files = listReports(paths, context.workingDirectory);
  if (flags.resume !== undefined && files.length > 1) throw new CliError('USAGE', 'Only one report can go on with --resume.');
  const client = await openClient(flags, context);
  const uploaded: Uploaded[] = [];
  let refused = 0;
  for (const file of files) {
    try {
      uploaded.push({ file, job: await uploadReport(client, file, flags, context) });
    } catch (error) {
      if (files.length === 1 || !(error instanceof ServerError) || error.code !== 'INVALID') throw error;
      refused++;
      await stderr.write(`${stderr.paint('red', 'error:')} ${neutralizeText(`${file}: ${error.message}`)}\n`);
    }
  }
  const isAwaited = (flags.wait ?? false) || (flags.streamLogs ?? false);
  const done: Uploaded[] = [];
  for (const { file, job } of uploaded) {
    if (isAwaited) await waitForImport(client, { file, jobId: job.job_id }, flags, context);
    done.push({ file, job: isAwaited ? await client.call(operations.getImport, { params: { job_id: job.job_id } }) : job });
  }
  await printAnswer(
    done.map(({ file, job }) => ({ file, ...job })),
    flags,
    context,
    () => (done.length === 0 ? '' : renderTable(isAwaited ? [...columns, ...resultColumns] : columns, done, stdout)),
  );
  for (const { file, job } of done) {
    if (job.status !== 'failed' && job.status !== 'cancelled') continue;
    const reason = 'error_message' in job && job.error_message !== null ? job.error_message : `The job is ${job.status}.`;
    await stderr.write(`${stderr.paint('red', 'error:')} ${neutralizeText(`${file}: ${reason}`)}\n`);
    refused++;
  }
  return refused > 0 ? exitCodes.refused : exitCodes.clean;
}

const columns: readonly Column<Uploaded>[] = [
  ['FILE', ({ file }) => file],
  ['JOB', ({ job }) => job.job_id],
  ['STATUS', ({ job }) => job.status],
];

const resultColumns: readonly Column<Uploaded>[] = [
  ['SCANNER', ({ job }) => ('scanner_type' in job ? job.scanner_type : undefined)],
  ['FINDINGS', ({ job }) => summaryOf(job)?.findings],
  ['NEW', ({ job }) => summaryOf(job)?.new],
  ['CLOSED', ({ job }) => summaryOf(job)?.closed],
];

function summaryOf(job: Uploaded['job']): ReportImportDetails['summary'] {
  return 'summary' in job ? job.summary : null;
}
