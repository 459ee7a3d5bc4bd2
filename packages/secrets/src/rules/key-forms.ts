import type { Sampler } from './sampler.ts';

/** What is known of a key that has no structure: its characters and how many. */
export interface KeyForm {
  /** Expression source. */
  readonly source: string;
  /** What a random key of the form has at the least, in bits a character. */
  readonly minEntropy: number;
  /** Whether all of it may be letters that make a word. */
  readonly isWordLike: boolean;
  readonly sample: (sample: Sampler) => string;
}

/** 0-9 a-f. */
export function hex(length: number): KeyForm {
  return describe(`[0-9a-f]{${length}}`, length, (sample) => sample.hex(length));
}

/** A-Z a-z 0-9. */
export function alnum(length: number): KeyForm {
  return describeWord(`[A-Za-z0-9]{${length}}`, length, (sample) => sample.alnum(length));
}

/** a-z 0-9. */
export function lower(length: number): KeyForm {
  return describeWord(`[a-z0-9]{${length}}`, length, (sample) => sample.lower(length));
}

/** A-Z 0-9. */
export function upper(length: number): KeyForm {
  return describeWord(`[A-Z0-9]{${length}}`, length, (sample) => sample.upper(length));
}

/** a-z 2-7, as RFC 4648 writes base32 in lower case. */
export function base32(length: number): KeyForm {
  return describeWord(`[a-z2-7]{${length}}`, length, (sample) => sample.from('abcdefghijklmnopqrstuvwxyz234567', length));
}

/** A-Z a-z 0-9 - _. */
export function base64url(length: number): KeyForm {
  return describeWord(`[A-Za-z0-9_-]{${length}}`, length, (sample) => sample.base64url(length));
}

/** Standard base64; `padding` equals signs end it, beyond `length`. */
export function base64(length: number, padding = 0): KeyForm {
  const end = '='.repeat(padding);
  return describeWord(`[A-Za-z0-9+/]{${length}}${end}`, length, (sample) => sample.base64(length) + end);
}

/** As `alnum`, between two lengths. */
export function alnumBetween(min: number, max: number): KeyForm {
  return { ...alnum(min), source: `[A-Za-z0-9]{${min},${max}}` };
}

/** As `base64url`, between two lengths. */
export function base64urlBetween(min: number, max: number): KeyForm {
  return { ...base64url(min), source: `[A-Za-z0-9_-]{${min},${max}}` };
}

export const uuidForm: KeyForm = {
  source: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  minEntropy: 3,
  isWordLike: false,
  sample: (sample) => sample.uuid(),
};

/** Fixed text and forms, one after the other: `joined('sk_', hex(32))`. */
export function joined(...parts: readonly (string | KeyForm)[]): KeyForm {
  const forms = parts.filter((part) => typeof part !== 'string');
  return {
    source: parts.map((part) => (typeof part === 'string' ? part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&') : part.source)).join(''),
    minEntropy: Math.min(...forms.map(({ minEntropy }) => minEntropy)),
    // What stands before says more than whether the rest is words.
    isWordLike: forms.every(({ isWordLike }) => isWordLike) && !parts.some((part) => typeof part === 'string' && part.length >= 3),
    sample: (sample) => parts.map((part) => (typeof part === 'string' ? part : part.sample(sample))).join(''),
  };
}

/** Keys that are said to be of letters and digits often are hexadecimal; one in some thousand random texts has less than this. */
function describe(source: string, length: number, sample: KeyForm['sample']): KeyForm {
  const share = length < 24 ? 0.62 : 0.76;
  return { source, minEntropy: share * Math.min(4, Math.log2(length)), isWordLike: false, sample };
}

/** Below this length random text cannot be told from words. */
const minJudged = 16;

function describeWord(source: string, length: number, draw: KeyForm['sample']): KeyForm {
  if (length < minJudged) return describe(source, length, draw);
  return { ...describe(source, length, (sample) => drawWithDigits(sample, draw)), isWordLike: true };
}

/** As nearly all keys of that length have, and names have not: digits in three places. */
function drawWithDigits(sample: Sampler, draw: KeyForm['sample']): string {
  for (;;) {
    const text = draw(sample);
    if (/\d\D+\d\D+\d/.test(text)) return text;
  }
}
