/** Expression parts shared by rules. All of them read Latin-1 text in windows of bounded length. */

/** Nothing that continues a token stands before. */
export const tokenStart = '(?<![A-Za-z0-9_])';

/** Nothing that continues a token stands after. */
export const tokenEnd = '(?![A-Za-z0-9_])';

/**
 * A token that its own form identifies: `form` with nothing that continues it on either side.
 * `form` begins with the rule's keyword unless the rule has a `lookBehind`.
 */
export function token(form: string, flags = ''): RegExp {
  return new RegExp(`${tokenStart}(?<secret>${form})${tokenEnd}`, flags);
}

/**
 * A shapeless value assigned to a name: `names` are the alternatives (expression sources) that begin with a keyword, `value` is the
 * form of the secret. Covers `NAME=value`, `"name": "value"`, `name => 'value'`, `name := value`, `<name>value`, `setName("value")`,
 * `--name value` and YAML; up to 32 name characters may follow the name (`DATADOG_PROD_API_KEY`).
 */
export function assigned(names: readonly string[], value: string): RegExp {
  const operator = `(?:["'\\]]{0,2}[ \\t]{0,8}(?:=>|:=|==?|:|\\|\\||,|>|\\()[ \\t]{0,8}|[ \\t]{1,8})`;
  const opening = `(?:[a-zA-Z.]{0,16}\\(?[\\\\"'\`]{1,3}|Bearer |)`;
  return new RegExp(`(?:${names.join('|')})[\\w.\\-]{0,32}?${operator}${opening}(?<secret>${value})(?![A-Za-z0-9_\\-+/=]{1})`, 'i');
}
