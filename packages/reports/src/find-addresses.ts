/** The web addresses that stand in texts or fragments of HTML, each once, in their order. */
export function findAddresses(...texts: readonly (string | undefined)[]): string[] {
  const found: string[] = [];
  for (const text of texts)
    for (const address of text?.match(/https?:\/\/[^\s<>"'|\\]+/g) ?? [])
      found.push(address.replaceAll('&amp;', '&').replace(/(?<![).,;\]])[).,;\]]+$/, ''));
  return found.length < 2 ? found : [...new Set(found)];
}
