import { cutText } from '../cut-text.ts';

/** As much as a finding keeps of one. */
export const longestSharedText = 32_768;

/** What an entry is read for stands before that in each of its texts. */
export const longestEntryText = 1 << 20;

/** Cuts the long texts in a value. `longest` is for one that many entries refer to: it is copied and hashed for each of them. */
export function shortenTexts<Value>(value: Value, longest = longestSharedText): Value {
  if (typeof value === 'string') return (value.length > longest ? cutText(value, longest) : value) as Value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value as unknown[];
    for (let at = 0; at < items.length; at++) items[at] = shortenTexts(items[at], longest);
    return value;
  }
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) fields[name] = shortenTexts(fields[name], longest);
  return value;
}
