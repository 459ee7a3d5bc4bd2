// The floor of reading a report: node tokenize.ts FILE. JSON as a whole by the platform's own parser, with all of it in memory; XML through the
// tokenizer alone. Nothing is done with what is read.
import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const path = process.argv[2]!;
if (path.endsWith('.json')) JSON.parse(readFileSync(path, 'utf8'));
else {
  const { SaxesParser } = createRequire(join(import.meta.dirname, '../../packages/reports/package.json'))(
    'saxes',
  ) as typeof import('saxes');
  const parser = new SaxesParser();
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) parser.write(piece as string);
  parser.close();
}
