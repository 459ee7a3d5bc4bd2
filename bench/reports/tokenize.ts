// What reading a report is measured against: node tokenize.ts split|whole|saxes|scan FILE. Nothing is done with what is read.
// `split`: our splitter takes the entries apart and `JSON.parse` makes a value of each, so every text and number in it is made (JSON).
// `whole`: all of it becomes a value at once, by the platform's own parser, and lies in memory (JSON).
// `saxes`: a parser of others tells every tag, attribute and text to nobody (XML).
// `scan`: our scanner does (XML).
import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { decodeXml } from '../../packages/reports/src/reading/decode-xml.ts';
import { readAhead } from '../../packages/reports/src/reading/read-ahead.ts';
import { readJsonEntries } from '../../packages/reports/src/reading/read-json-entries.ts';
import { openReportFile } from '../../packages/reports/src/reading/report-bytes.ts';
import { XmlScanner } from '../../packages/reports/src/reading/scan-xml.ts';

const [how, path] = process.argv.slice(2) as [string, string];
if (how === 'whole') JSON.parse(readFileSync(path, 'utf8'));
else if (how === 'split') await split();
else if (how === 'saxes') await parse();
else await scan();

async function split(): Promise<void> {
  await using source = await openReportFile(path);
  for await (const entries of readJsonEntries(source, { entries: ['$.Results[].Vulnerabilities[]'] })) void entries;
}

async function parse(): Promise<void> {
  const { SaxesParser } = createRequire(join(import.meta.dirname, '../../packages/reports/package.json'))('saxes') as {
    readonly SaxesParser: new () => { write(text: string): void; close(): void };
  };
  const parser = new SaxesParser();
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) parser.write(piece as string);
  parser.close();
}

async function scan(): Promise<void> {
  await using source = await openReportFile(path);
  const scanner = new XmlScanner({ open: () => undefined, text: () => undefined, close: () => undefined });
  for await (const piece of decodeXml(readAhead(source))) if (scanner.write(piece)) throw new Error('The scanner gave up.');
}
