/** The texts that are there, as paragraphs; each once. */
export function joinTexts(...texts: readonly (string | undefined)[]): string | undefined {
  const said = texts.filter(Boolean);
  // To know a text again in a set it is read to its end.
  const once = said.length > 8 ? [...new Set(said)] : said.filter((text, at) => said.indexOf(text) === at);
  return once.join('\n\n') || undefined;
}
