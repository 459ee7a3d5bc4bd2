/** Expression parts shared by rules. All of them read Latin-1 text in windows of bounded length. */

/** Nothing that continues a token stands before; an escape (`\n`, `%3D`, a terminal's colour) does not continue one. */
export const tokenStart = '(?:(?<![A-Za-z0-9_])|(?<=\\\\[nrt])|(?<=%[0-9A-Fa-f]{2})|(?<=\\x1b\\[[0-9;]{0,5}m))';

/** Nothing that continues a token stands after. */
const tokenEnd = '(?![A-Za-z0-9_])';

/** The form of a UUID in lower case. */
export const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** What makes a name the name of a credential; words that only begin alike (`keyboard`, `author`, `path`) do not. */
const credentialWord =
  '(?:(?<!public[_\\-]?|publishable[_\\-]?)key(?![_\\-]?(?:id|name|board|word))|token(?!i[sz])|secret(?!ar)|pass(?:word|wd|phrase)|pwd|auth(?!or)|authorization|credential|pat(?![a-z])|(?:private|access)(?![\\w\\-]))';

/**
 * A token that its own form identifies: `form` with nothing that continues it on either side.
 * `form` begins with the rule's keyword unless the rule has a `lookBehind`.
 */
export function token(form: string, flags = ''): RegExp {
  return new RegExp(`${tokenStart}(?<secret>${form})${tokenEnd}`, flags);
}

/**
 * Names of a provider's credentials, for `assigned`: the provider and, at most a few words later on the same line, a word for a
 * credential. `datadog` covers `DATADOG_API_KEY`, `datadog.appKey`, `Datadog::Client.new(api_key`, `"datadog": {"token"`.
 */
export function credentialsOf(...providers: readonly string[]): string[] {
  return providers.map((provider) => `${provider}[\\w.\\-]{0,20}?(?:[:=>\\[({,"' \\t]{1,8}[\\w.\\-]{0,16}?){0,3}?${credentialWord}`);
}

/**
 * A shapeless value assigned to a name: `names` are the alternatives (expression sources) that begin with a keyword, `value` is the
 * form of the secret. Up to 32 name characters may follow the name. Case is ignored, in the value too: `(?-i:…)` cannot be used, as V8
 * (of Node 24) compiles it wrongly once it has compiled a megabyte of expressions (`node --no-regexp-optimization` shows it).
 *
 * Covers `NAME=value`, `"name": "value"` (also JSON-escaped), `name => 'value'`, `name := value`, `name ||= value`, `${NAME:-value}`,
 * `<name>value`, `setName("value")`, `env["NAME"] = "value"`, `Name: Bearer value`, `<add key="NAME" value="value"`,
 * `{"name": "NAME", "value": "value"}`, `name: string = "value"`, and, where the name ends in a word for a credential, `--name value`.
 */
export function assigned(names: readonly string[], value: string): RegExp {
  // `KEY_SHA256`, `token-checksum`, `key.gpg`: what is derived from a credential is none, nor is the name of a file.
  const notDigest =
    '(?![\\w.\\-]{0,24}(?:sha\\d|md5|hash|checksum|digest|fingerprint|\\.(?:gpg|asc|pem|pub|crt|txt|json|ya?ml|tgz|zip|gz|deb|rpm|jar|[jt]sx?|py|go|rb|php)(?![\\w.\\-])))';
  const nameEnd = '[\\\\"\'`\\]]{0,4}';
  const type = "(?:&'static )?[A-Za-z&][\\w.&'<>\\[\\]]{0,24}";
  const operator = [
    '[ \\t]{0,8}(?:=>|:{1,3}=|[.+]=|={1,3}|!==?|\\?\\?=?|\\|\\|=?|\\?=|:[\\-?]|[:,>(])[ \\t]{0,8}',
    `[ \\t]{0,4}[: \\t][ \\t]{0,4}${type}[ \\t]{0,4}=[ \\t]{0,4}`,
    '[ \\t,]{1,4}[\\\\"\']{0,2}(?:value|default|content)[\\\\"\']{0,2}[ \\t]{0,2}[=:][ \\t]{0,2}',
    `(?<=${credentialWord})[ \\t]{1,8}`,
  ].join('|');
  const opening = '(?:[A-Za-z.@&*\\[\\]]{0,16}\\(?[\\\\"\'`]{1,4})?(?:(?:Bearer|Token|Key|ApiKey)[ \\t]{1,2}|token=[\\\\"\']{0,2})?';
  const end = '(?![\\w\\-+/=]|\\.\\w|\\()';
  return new RegExp(`(?:${names.join('|')})${notDigest}[\\w.\\-]{0,32}?${nameEnd}(?:${operator})${opening}(?<secret>${value})${end}`, 'i');
}
