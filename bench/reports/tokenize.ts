// The floors of reading a report: node tokenize.ts split|whole FILE. Nothing is done with what is read.
// `split`: its entries are split off and become values one by one (JSON), or it goes through the tokenizer alone (XML).
// `whole`: all of it becomes a value at once, by the platform's own parser, and lies in memory (JSON).
import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readJsonEntries } from '../../packages/reports/src/reading/read-json-entries.ts';
import { openReportFile } from '../../packages/reports/src/reading/report-bytes.ts';

const [how, path] = process.argv.slice(2) as [string, string];
if (how === 'whole') JSON.parse(readFileSync(path, 'utf8'));
else if (path.endsWith('.json')) {
  await using source = await openReportFile(path);
  for await (const entries of readJsonEntries(source, { entries: ['$.Results[].Vulnerabilities[]'] })) void entries;
} else {
  const { SaxesParser } = createRequire(join(import.meta.dirname, '../../packages/reports/package.json'))('saxes') as {
    readonly SaxesParser: new () => { write(text: string): void; close(): void };
  };
  const parser = new SaxesParser();
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) parser.write(piece as string);
  parser.close();
}
