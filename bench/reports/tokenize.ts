// What reading a report is measured against: node tokenize.ts items|split|whole|saxes|scan FILE. Nothing is done with what is read.
// `items`: a state machine that looks at each byte takes the items apart, and `JSON.parse` makes a value of each (JSON).
// `split`: our splitter takes the entries apart and `JSON.parse` makes a value of each, so every text and number in it is made (JSON).
// `whole`: all of it becomes a value at once, by the platform's own parser, and lies in memory (JSON).
// `saxes`: a parser of others tells every tag, attribute and text, at its fastest (XML).
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
else if (how === 'items') await parseItems();
else if (how === 'split') await split();
else if (how === 'saxes') await parse();
else await scan();

/** Items begin in the list of vulnerabilities of a result: four containers deep. */
async function parseItems(): Promise<void> {
  const itemDepth = 4;
  let [depth, start, isInText, isEscaped] = [0, -1, false, false];
  let kept: Buffer = Buffer.alloc(0);
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = Buffer.concat([kept, piece as Buffer]);
    for (let at = kept.length; at < bytes.length; at++) {
      const byte = bytes[at];
      if (isInText) {
        if (isEscaped) isEscaped = false;
        else if (byte === 0x5c) isEscaped = true;
        else if (byte === 0x22) isInText = false;
      } else if (byte === 0x22) isInText = true;
      else if (byte === 0x7b || byte === 0x5b) {
        if (depth++ === itemDepth) start = at;
      } else if ((byte === 0x7d || byte === 0x5d) && --depth === itemDepth) {
        JSON.parse(bytes.toString('utf8', start, at + 1));
        start = -1;
      }
    }
    kept = start === -1 ? Buffer.alloc(0) : bytes.subarray(start);
    if (start !== -1) start = 0;
  }
}

async function split(): Promise<void> {
  await using source = await openReportFile(path);
  for await (const entries of readJsonEntries(source, { entries: ['$.Results[].Vulnerabilities[]'] }))
    for (const entry of entries) void entry;
}

async function parse(): Promise<void> {
  const { SaxesParser } = createRequire(join(import.meta.dirname, '../../packages/reports/package.json'))('saxes') as {
    readonly SaxesParser: new (options: object) => {
      on(event: string, handler: (told: unknown) => void): void;
      write(text: string): void;
      close(): void;
    };
  };
  const parser = new SaxesParser({ position: false });
  for (const event of ['opentag', 'text', 'closetag']) parser.on(event, (told) => void told);
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) parser.write(piece as string);
  parser.close();
}

async function scan(): Promise<void> {
  await using source = await openReportFile(path);
  const scanner = new XmlScanner({ open: () => undefined, text: () => undefined, close: () => undefined });
  for await (const piece of decodeXml(readAhead(source))) if (scanner.write(piece)) throw new Error('The scanner gave up.');
}
