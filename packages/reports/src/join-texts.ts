/** The texts that are there, as paragraphs; each once. */
export function joinTexts(...texts: readonly (string | undefined)[]): string | undefined {
  const kept: string[] = [];
  for (const text of texts) if (text !== undefined && text !== '' && !kept.includes(text)) kept.push(text);
  return kept.length === 0 ? undefined : kept.join('\n\n');
}
