import type { UnpackBudget } from '../../detect/unpack/unpack-budget.ts';
import type { Container, ContainerMember } from './container.ts';
import { isZlib } from './open-streams.ts';
import { unpackStream } from './unpack-stream.ts';

const keyword = Buffer.from('stream');
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export function isPdf(content: Buffer): boolean {
  return content.length >= 8 && content.toString('latin1', 0, 5) === '%PDF-';
}

/** The deflated streams of a PDF file (ISO 32000 §7.3.8). They are only read: other lengths would have to be told all over the file. */
export function openPdf(content: Buffer, budget: UnpackBudget): Container {
  return { format: 'pdf', members, isTolerant: true };

  function* members(): Iterable<ContainerMember> {
    let index = 0;
    for (let at = content.indexOf(keyword); at !== -1; at = content.indexOf(keyword, at + keyword.length)) {
      let start = at + keyword.length;
      if (content[start] === carriageReturn) start++;
      if (content[start] !== lineFeed || !isZlib(content.subarray(start + 1))) continue;
      if (!budget.takeEntry('pdf stream')) return;
      const stream = unpackStream('zlib', content.subarray(start + 1), budget);
      if (typeof stream !== 'string') yield { index: index++, name: `stream at ${at}`, content: stream.content, isPlain: false };
    }
  }
}
