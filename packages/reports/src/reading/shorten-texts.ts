/** As much as a finding keeps of one. */
export const longestSharedText = 32_768;

/** Cuts the long texts in a value that many entries refer to: it is copied and hashed for each of them. */
export function shortenTexts<Value>(value: Value): Value {
  if (typeof value === 'string') return (value.length > longestSharedText ? value.slice(0, longestSharedText) : value) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) fields[name] = shortenTexts(fields[name]);
  return value;
}
