import { base64Needles } from './base64-needles.ts';
import { encodeAs, textEncodings } from './encode-text.ts';
import type { TextEncoding } from './encode-text.ts';
import { encodingsInBase64 } from './encodings-in-base64.ts';
import { lineEndVariants, reflowedVariants } from './line-variants.ts';
import { RewriteError } from './rewrite-error.ts';

/** How a value is written where it stands. */
export type ValueEncoding = 'plain' | TextEncoding | Base64Encoding | HexEncoding;

/** `utf-16le-base64`: the value as UTF-16LE, and that as base64 (PowerShell's -EncodedCommand); `base64-base64`: twice (Kubernetes). */
export type Base64Encoding = 'base64' | `${TextEncoding}-base64` | 'base64-base64' | 'base64-base64-base64';

/** Hex of something else. */
export type HexEncoding = 'base64-hex' | 'utf-16-hex';

/** One way in which a value may be written, as the bytes to look for. */
export interface ValueForm {
  readonly encoding: ValueEncoding;
  readonly needle: Buffer;
  /** Of base64 only: how many characters of a group of four stand before the needle: the value begins at any of three bytes of a group. */
  readonly groupOffset?: 0 | 2 | 3;
  /** It is found in hex digits that have to be decoded to be changed. */
  readonly isInHex?: true;
}

/** Shorter values occur by chance in any binary file: four bytes once in 4 GiB of noise, three bytes 256 times as often. */
export const minValueBytes = 4;

/**
 * Every form in which a value is looked for and replaced, each needle once, `plain` first.
 *
 * Throws RewriteError `VALUE_TOO_SHORT`. A value of one repeated line break or blank is too short as well.
 */
export function listValueForms(value: string): ValueForm[] {
  if (value.trim().length < minValueBytes) {
    throw new RewriteError(
      'VALUE_TOO_SHORT',
      `A value of fewer than ${minValueBytes} bytes cannot be removed: it would be found everywhere by chance.`,
    );
  }
  const forms = new Map<string, ValueForm>();
  const add = (form: ValueForm): void => {
    const key = form.needle.toString('latin1');
    if (!forms.has(key)) forms.set(key, form);
  };

  for (const variant of lineEndVariants(value)) {
    const bytes = Buffer.from(variant, 'latin1');
    add({ encoding: 'plain', needle: bytes });
    for (const encoding of textEncodings) add({ encoding, needle: encodeAs(encoding, bytes) });
    for (const form of listBase64Forms(bytes, variant === value)) add(form);
  }
  for (const variant of reflowedVariants(value)) add({ encoding: 'plain', needle: Buffer.from(variant, 'latin1') });
  return [...forms.values()];
}

/** `isNested`: also within other encodings. */
function listBase64Forms(bytes: Buffer, isNested: boolean): ValueForm[] {
  const once = inBase64('base64', bytes);
  const twice = once.flatMap(({ needle }) => inBase64('base64-base64', needle));
  if (!isNested) return [...once, ...inBase64('utf-16le-base64', encodeAs('utf-16le', bytes)), ...twice];
  const inner = encodingsInBase64.flatMap((encoding) => inBase64(`${encoding}-base64`, encodeAs(encoding, bytes)));
  const thrice = twice.flatMap(({ needle }) => inBase64('base64-base64-base64', needle));
  const inHex = [
    ...once.flatMap(({ needle }) => writeInHex('base64-hex', needle)),
    ...(['utf-16le', 'utf-16be'] as const).flatMap((encoding) => writeInHex('utf-16-hex', encodeAs(encoding, bytes))),
  ];
  return [...once, ...inner, ...twice, ...thrice, ...inHex];
}

function inBase64(encoding: Base64Encoding, bytes: Buffer): ValueForm[] {
  return base64Needles(bytes).map((found) => ({ encoding, ...found }));
}

function writeInHex(encoding: HexEncoding, bytes: Buffer): ValueForm[] {
  return (['hex', 'hex-upper'] as const).map((hex) => ({ encoding, needle: encodeAs(hex, bytes), isInHex: true }));
}
