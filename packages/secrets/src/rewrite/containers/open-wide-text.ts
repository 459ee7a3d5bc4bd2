import { isUtf8 } from 'node:buffer';
import { decodeWideText, findWideForm } from '../../detect/unpack/decode-wide-text.ts';
import type { UnpackBudget } from '../../detect/unpack/unpack-budget.ts';
import { encodeAs } from '../encode-text.ts';
import type { TextEncoding } from '../encode-text.ts';
import { CannotRepackError } from './container.ts';
import type { Container } from './container.ts';

export function isWideText(content: Buffer): boolean {
  return findWideForm(content) !== undefined;
}

/**
 * Text in UTF-16 or UTF-32, in which values may stand encoded once more. `undefined` for what would not be the same bytes again, such as
 * other data that begins like it.
 */
export function openWideText(content: Buffer, budget: UnpackBudget): Container | undefined {
  const form = findWideForm(content)!;
  // A character of two bytes is three in UTF-8 at most.
  const textBytes = content.length * 1.5;
  if (textBytes > budget.allowance(content.length)) return undefined;
  const encoding = form.encoding as TextEncoding;
  const { content: text } = decodeWideText(content, form);
  const end = content.length - (content.length % form.unitBytes);
  if (!encodeAs(encoding, text).equals(content.subarray(0, end))) return undefined;
  budget.spend(text.length);
  return {
    format: encoding,
    isTolerant: true,
    members: () => [{ index: 0, name: '', content: text, isPlain: false }],
    rebuild({ contents }) {
      const changed = contents.get(0);
      if (!changed) return content;
      if (!isUtf8(changed)) throw new CannotRepackError(`the replacement cannot be written in ${encoding}`);
      return Buffer.concat([encodeAs(encoding, changed), content.subarray(end)]);
    },
  };
}
