import type { TextEncoding } from './encode-text.ts';

/** What is looked for within base64, besides base64. */
export const encodingsInBase64 = [
  'utf-16le',
  'utf-16be',
  'hex',
  'hex-upper',
  'percent',
  'percent-lower',
  'percent-all',
  'percent-all-lower',
  'json',
  'json-ascii',
] as const satisfies readonly TextEncoding[];
