/** The texts that are there, as paragraphs; each once. */
export function joinTexts(...texts: readonly (string | undefined)[]): string | undefined {
  return [...new Set(texts)].filter(Boolean).join('\n\n') || undefined;
}
