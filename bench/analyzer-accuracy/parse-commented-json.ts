/** JSON with comments and commas before closing brackets, as both sets have it. */
export function parseCommentedJson(text: string): unknown {
  const withoutComments = text.replaceAll(/("(?:[^"\\]|\\.)*")|\/\/.*$|\/\*[^]*?\*\//gm, (_, string?: string) => string ?? '');
  return JSON.parse(withoutComments.replaceAll(/,(?=\s*[\]}])/g, ''));
}
