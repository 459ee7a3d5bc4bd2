import { findValueStart } from './find-value-start.ts';
import { splitPath } from './json-layout.ts';
import type { ReportBytes } from './report-bytes.ts';

/** A report of which only a list is there, with what stood around the list: `[1]` at `$.scan.results` is `{"scan":{"results":[1]}}`. */
export async function putBack(source: ReportBytes, path: string): Promise<ReportBytes> {
  const start = await findValueStart(source);
  const names = splitPath(path).map((step) => step.slice(1));
  const before = Buffer.from(names.map((name) => `{${JSON.stringify(name)}:`).join(''));
  const after = Buffer.from('}'.repeat(names.length));
  const listEnd = before.length + source.byteLength - start;
  return {
    byteLength: listEnd + after.length,
    async read(target, position) {
      let filled = before.copy(target, 0, Math.min(position, before.length));
      if (filled < target.length && position + filled < listEnd)
        filled += await source.read(target.subarray(filled), start + position + filled - before.length);
      if (position + filled >= listEnd) filled += after.copy(target, filled, Math.min(position + filled - listEnd, after.length));
      return filled;
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
