/** The texts that are there, as paragraphs; each once. */
export function joinTexts(...texts: readonly (string | undefined)[]): string | undefined {
  return [...new Set(texts.filter((text) => text !== undefined && text !== ''))].join('\n\n') || undefined;
}
