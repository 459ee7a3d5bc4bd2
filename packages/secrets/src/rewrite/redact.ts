import { createValueFinder } from './find-values.ts';
import type { ValueNeedles } from './find-values.ts';
import { listLooseForms } from './loose-forms.ts';
import type { LooseForm } from './loose-forms.ts';
import { redactBase64 } from './redact-base64.ts';
import { redactHex } from './redact-hex.ts';
import { RewriteError } from './rewrite-error.ts';
import { encodeAs, textEncodings } from './encode-text.ts';
import type { TextEncoding } from './encode-text.ts';
import { listValueForms } from './value-forms.ts';
import type { ValueEncoding, ValueForm } from './value-forms.ts';

/** A secret value and what takes its place, both Latin-1: one character a byte. */
export interface ValueReplacement {
  readonly value: string;
  readonly replacement: string;
  readonly findingId?: string;
}

export const defaultReplacement = '***REMOVED***';

/** What stands around a value decides which bytes may take its place. */
export type RedactionPlace = 'content' | 'header' | 'file-name' | 'ref-name';

export interface Redactor {
  /** Enough to search elsewhere, such as in a thread: see createValueFinder. */
  readonly needles: ValueNeedles;
  /** The most bytes that one hit may take up. */
  readonly maxHitBytes: number;
  contains(content: Uint8Array): boolean;
  /**
   * One round of redaction: what is to be replaced, by start, without overlaps. It depends on the bytes of the hit, on those that it shares
   * with other hits, on the run of base64 that it is part of, and on its place modulo four.
   */
  findEdits(content: Buffer): readonly Edit[];
  /** The content without any value; `undefined` when it holds none. All other bytes stay as they are, whatever they mean. */
  redact(content: Buffer, place?: RedactionPlace): Buffer | undefined;
}

interface PreparedForm extends ValueForm {
  readonly replacement: Buffer;
}

/** A replacement may, with what stands beside it, form a value again; more rounds than this mean that it always will. */
export const maxRounds = 16;
const maxNesting = 3;

/**
 * Prepares values for removal. Throws RewriteError: `VALUE_TOO_SHORT`, or `REPLACEMENT_HOLDS_VALUE` when a replacement itself holds one of
 * the values in any form.
 */
export function createRedactor(values: readonly ValueReplacement[]): Redactor {
  const forms = prepareForms(values);
  const loose = prepareLooseForms(values);
  const needles: ValueNeedles = { exact: forms.map((form) => form.needle), loose: loose.map(({ form }) => form) };
  const search = createValueFinder(needles);
  assertReplacementsAreClean();

  function redact(content: Buffer, place: RedactionPlace = 'content'): Buffer | undefined {
    return redactNested(content, place, 0);
  }

  function redactNested(content: Buffer, place: RedactionPlace, depth: number): Buffer | undefined {
    let current = content;
    for (let round = 0; round < maxRounds; round++) {
      const edits = findEdits(current, depth);
      if (edits.length === 0) return round === 0 ? undefined : current;
      current = applyEdits(current, edits, place);
    }
    throw unstableReplacement();
  }

  function findEdits(content: Buffer, depth: number): Edit[] {
    const edits: Edit[] = [];
    let tokenEnd = 0;
    let hexEnd = 0;
    const decode = depth < maxNesting ? (inner: Buffer) => redactNested(inner, 'content', depth + 1) : () => undefined;
    for (const { start, end, needleIndex } of search.findAll(content)) {
      const form = forms[needleIndex];
      if (!form) {
        edits.push({ start, end, bytes: loose[needleIndex - forms.length]!.replacement, unitBytes: 1 });
      } else if (form.isInHex) {
        if (end <= hexEnd) continue;
        const edit = redactHex(content, { start, end }, decode, form.replacement);
        hexEnd = edit.end;
        edits.push({ ...edit, unitBytes: 1 });
      } else if (form.groupOffset === undefined) {
        edits.push({ start, end, bytes: form.replacement, unitBytes: unitBytes[form.encoding] ?? 1 });
      } else if (end > tokenEnd) {
        const edit = redactBase64(content, { start, end, groupOffset: form.groupOffset }, decode, form.replacement);
        tokenEnd = edit.end;
        edits.push({ ...edit, unitBytes: 1 });
      }
    }
    return mergeOverlapping(dropShifted(edits));
  }

  function assertReplacementsAreClean(): void {
    for (const { replacement } of values) {
      const bytes = Buffer.from(replacement, 'latin1');
      if (!search.contains(bytes) && !textEncodings.some((encoding) => search.contains(encodeAs(encoding, bytes)))) continue;
      throw new RewriteError(
        'REPLACEMENT_HOLDS_VALUE',
        'A replacement holds one of the values that are to be removed. Choose another replacement.',
      );
    }
  }

  const { maxHitBytes, contains } = search;
  return { needles, maxHitBytes, contains, findEdits: (content) => findEdits(content, 0), redact };
}

export function unstableReplacement(): RewriteError {
  return new RewriteError(
    'REPLACEMENT_UNSTABLE',
    'A replacement forms a value together with the text around it, again and again. Choose another replacement.',
  );
}

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
  /** Bytes of the smallest part of its encoding. */
  readonly unitBytes: number;
}

const unitBytes: Partial<Record<ValueEncoding, number>> = { 'utf-16le': 2, 'utf-16be': 2, 'utf-32le': 4, 'utf-32be': 4 };

/**
 * Between the zero bytes of their neighbours, the same ASCII characters can be read as little- and as big-endian, a byte or three apart.
 * The reading counts that begins where whole units begin.
 */
function dropShifted(edits: readonly Edit[]): Edit[] {
  const isAligned = (edit: Edit): boolean => edit.start % edit.unitBytes === 0;
  const aligned = new Set(edits.filter((edit) => edit.unitBytes > 1 && isAligned(edit)).map(keyOf));
  return edits.filter((edit) => isAligned(edit) || !listShifts(edit).some((start) => aligned.has(keyOf({ ...edit, start }))));

  function keyOf({ start, unitBytes }: Pick<Edit, 'start' | 'unitBytes'>): string {
    return `${unitBytes} ${start}`;
  }

  function listShifts(edit: Edit): number[] {
    return [edit.start - edit.unitBytes + 1, edit.start + edit.unitBytes - 1];
  }
}

function prepareForms(values: readonly ValueReplacement[]): PreparedForm[] {
  const forms = new Map<string, PreparedForm>();
  for (const { value, replacement } of values) {
    const bytes = Buffer.from(replacement, 'latin1');
    for (const form of listValueForms(value)) {
      const key = form.needle.toString('latin1');
      if (!forms.has(key)) forms.set(key, { ...form, replacement: encodeReplacement(form, bytes) });
    }
  }
  return [...forms.values()];
}

/** A loosely written value has no one encoding: the replacement is written as it is. */
function prepareLooseForms(values: readonly ValueReplacement[]): { form: LooseForm; replacement: Buffer }[] {
  return values.flatMap(({ value, replacement }) =>
    listLooseForms(value).map((form) => ({ form, replacement: Buffer.from(replacement, 'latin1') })),
  );
}

function encodeReplacement(form: ValueForm, bytes: Buffer): Buffer {
  const isDirect = form.groupOffset === undefined && !form.isInHex && form.encoding !== 'plain';
  return isDirect ? encodeAs(form.encoding as TextEncoding, bytes) : bytes;
}

/** Values that overlap go together; the longest one's replacement stands for all. Edits come sorted by start. */
function mergeOverlapping(edits: readonly Edit[]): Edit[] {
  const merged: Edit[] = [];
  let longest = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    const length = edit.end - edit.start;
    if (!last || edit.start >= last.end) {
      merged.push(edit);
      longest = length;
      continue;
    }
    merged[merged.length - 1] = {
      start: last.start,
      end: Math.max(last.end, edit.end),
      bytes: length > longest ? edit.bytes : last.bytes,
      unitBytes: 1,
    };
    longest = Math.max(longest, length);
  }
  return merged;
}

/** Puts replacements in their places. */
export function applyEdits(content: Buffer, edits: readonly Edit[], place: RedactionPlace): Buffer {
  const parts: Buffer[] = [];
  let copied = 0;
  for (const { start, end, bytes } of edits) {
    parts.push(content.subarray(copied, start), fitBytes(bytes, place));
    copied = end;
  }
  parts.push(content.subarray(copied));
  return Buffer.concat(parts);
}

/** Leaves out of a replacement what its place cannot hold: `***REMOVED***` becomes `REMOVED` in names. */
function fitBytes(bytes: Buffer, place: RedactionPlace): Buffer {
  if (place === 'content') return bytes;
  const text = bytes.toString('latin1');
  if (place === 'header') return Buffer.from(text.replace(/[\0\r\n<>]/g, ''), 'latin1');
  // What git forbids in refs, Windows in file names, and whatever a shell would expand.
  const fitting = text.replace(/[\0-\x20\x7f*?[\]<>|:"\\/~^]|\.\.|@\{|^\.+|(?<!\.)\.+$/g, '');
  return Buffer.from(fitting === '' ? 'removed' : fitting, 'latin1');
}
