import { resolve } from 'node:path';
import { loadReader, type Recognition } from '@deployguard/reports';
import type { ReportDetectFlags } from '../commands/report/detect.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { createWorkDirectory } from '../source/create-work-directory.ts';
import { renderTable } from '../terminal/render-table.ts';
import { describeRecognition } from './describe-recognition.ts';

export async function runReportDetect(files: readonly string[], flags: ReportDetectFlags, context: CliContext): Promise<ExitCode> {
  const { openReport, recognizeReport } = await loadReader();
  await using work = await createWorkDirectory();
  const answers: { readonly file: string; readonly recognition: Recognition }[] = [];
  for (const file of files) {
    await using report = await openReport(resolve(context.workingDirectory, file), { workDirectory: work.path });
    answers.push({ file, recognition: await recognizeReport(report) });
  }
  const { stdout } = context;
  if (flags.format === 'json') await stdout.write(`${JSON.stringify(answers.map(toJson), undefined, 2)}\n`);
  else {
    const columns = [
      ['File', ({ file }: (typeof answers)[number]) => file],
      ['Scanner', ({ recognition }: (typeof answers)[number]) => describeRecognition(recognition)],
      ['Id', ({ recognition }: (typeof answers)[number]) => (recognition.outcome === 'recognized' ? recognition.format.id : '')],
    ] as const;
    await stdout.write(renderTable(columns, answers, stdout));
  }
  return answers.every(({ recognition }) => recognition.outcome === 'recognized') ? exitCodes.clean : exitCodes.refused;
}

function toJson({ file, recognition }: { readonly file: string; readonly recognition: Recognition }): object {
  if (recognition.outcome !== 'recognized') return { file, ...recognition };
  return { file, outcome: recognition.outcome, scanner_type: recognition.format.id, name: recognition.format.name };
}
