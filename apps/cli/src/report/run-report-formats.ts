import { loadReader } from '@deployguard/reports';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { renderTable } from '../terminal/render-table.ts';

export async function runReportFormats({ stdout }: CliContext): Promise<ExitCode> {
  const { formats } = await loadReader();
  const columns = [
    ['Id', ({ id }: (typeof formats)[number]) => id],
    ['Scanner', ({ name }: (typeof formats)[number]) => name],
  ] as const;
  await stdout.write(renderTable(columns, formats, stdout));
  return exitCodes.clean;
}
