/** The web addresses that stand in texts or fragments of HTML, each once, in their order. */
export function findAddresses(...texts: readonly (string | undefined)[]): string[] {
  const found = texts.flatMap((text) => text?.match(/https?:\/\/[^\s<>"'|\\]+/g) ?? []);
  return [...new Set(found.map((address) => address.replaceAll('&amp;', '&').replace(/[).,;\]]+$/, '')))];
}
