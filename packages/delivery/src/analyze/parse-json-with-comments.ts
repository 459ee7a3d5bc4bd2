/**
 * JSON as people write it in settings: with comments and commas before closing brackets (JSONC, https://jsonc.org).
 *
 * @throws {SyntaxError} Its message may quote the text.
 */
export function parseJsonWithComments(text: string): unknown {
  const plain = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(plain);
  } catch {
    // Strings are matched first, so that nothing in them is taken for a comment or a comma. What is not closed is taken to its end, so that
    // no place is looked at twice.
    const keep = (replacement: string) => (_: string, string: string | undefined) => string ?? replacement;
    const withoutComments = plain.replace(/("(?:[^"\\\n]|\\.)*"?)|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g, keep(' '));
    return JSON.parse(withoutComments.replace(/("(?:[^"\\\n]|\\.)*"?)|,(?=\s{0,200}[\]}])/g, keep('')));
  }
}
