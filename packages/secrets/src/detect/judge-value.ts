import { isUtf8 } from 'node:buffer';
import type { DropReason } from './drop-reason.ts';
import type { Rule } from '../rules/rule.ts';
import { isCodeInPlace } from './code-in-place.ts';
import { isForeignWords } from './foreign-words.ts';
import { judgeWeakValue } from './judge-weak-value.ts';
import type { RuleMatch } from './match-at-anchor.ts';
import { decodeBase64Text } from './placeholders.ts';
import { isVersionRange } from './version-range.ts';
import { wordLikeness } from './word-likeness.ts';

/** Above this a text is taken for words; 2 of 100 random texts of 12 characters lie above, 7 of 100 identifiers below. */
const wordsFrom = 0.3;

/**
 * Judges a value that only the name it is assigned to makes a secret. Reads the groups `tail` (what of the name follows the keyword)
 * and `quote` (absent for a value without quotes) of the rule's expression.
 */
export function judgeValue({ secret, groups, text, rule }: RuleMatch, chosen: NonNullable<Rule['chosen']>): DropReason | undefined {
  if (isBinary(secret)) return 'binary';
  if (isAboutCredential(groups?.['tail'] ?? '')) return 'not-a-credential';
  const isQuoted = chosen === 'given' || groups?.['quote'] !== undefined;
  if (groups?.['quote'] === '`' && /\s/.test(secret)) return 'reference';
  if (isReference(secret, isQuoted)) return 'reference';
  if (variableName.test(secret)) return 'identifier';
  if (isPathOrUrl(secret)) return 'path-or-url';
  if (isHashOrId(secret, chosen) || (rule.precision === 'generic' && jsonWebToken.test(secret))) return 'hash-or-id';
  if (chosen === 'given') return undefined;
  if (chosen === 'weak') return judgeWeakValue(secret, text, groups?.['bare'] !== undefined);
  if (isVersionRange(secret)) return 'identifier';
  if (isForeignWords(secret)) return 'words';
  if (isCodeInPlace(secret, text, isQuoted)) return 'reference';
  if (chosen === 'random') return judgeRandom(secret, isQuoted);
  return isPasswordVariable.test(text) && !everydayValue.test(secret) ? undefined : judgePassword(secret, isQuoted);
}

/** What `getenv` and the like are asked for: `MVNW_PASSWORD`. */
const variableName = /^(?=[A-Z\d_]{3,80}$)(?:[A-Z][A-Z\d]*_)+(?:PASS(?:W(?:OR)?D)?|PWD?|SECRET|TOKEN|KEY|CREDENTIALS?)(?:_[A-Z]+)*$/;

/** `DB_PASSWORD=` with nothing but a word: a variable of the environment is given no name and no label, so the word is the password. */
const isPasswordVariable = /^PASS(?:W(?:OR)?D)?=[a-z]{8,24}$/;
const everydayValue =
  /^(?:un\w+|dis\w+|re\w+|en\w+|pass\w+|postgres(?:ql)?|opti\w+|(?:\w+)?password|\w+(?:ed|ing|ion|able)|database|username|somepass|sometime|somevalue|anything|whatever|redacted|hidden\w*|external|internal|standard|generate)$/;

function judgePassword(secret: string, isQuoted: boolean): DropReason | undefined {
  const words = secret.split(/\s+/);
  if ((words.length > 1 && wordLikeness(secret) > 0) || /^[A-Za-z]+(?: [A-Za-z]+){2,40}[.!?]?$/.test(secret)) return 'words';
  const hasDigit = /\d/.test(secret);
  const hasSign = /[^\w\s.\-:/,;()[\]{}'"<>=\\]/.test(secret);
  if (!/[A-Za-z0-9]/.test(secret) || /^0x[0-9a-f]{1,16}$/i.test(secret)) return 'too-simple';
  // What `password.encode(…)` and the like take.
  if (
    /^(?:utf-?(?:8|16|32)(?:-?[bl]e)?|latin-?1|(?:us-)?ascii|iso-?8859-\d+|cp\d+|windows-\d+|urllib2?|oauth2?|base64|crc32[bc]?|md5(?:sum)?|sha-?\d+(?:sum)?)$/i.test(
      secret,
    )
  )
    return 'identifier';
  if (/^[\^~<>=v]*\d+\.\d[\d.]*(?:[ -].*)?$/.test(secret)) return 'too-simple';
  if (/^[\d.,:\-/ ]+$/.test(secret)) return isQuoted && /^\d{6,}$/.test(secret) ? undefined : 'too-simple';
  if (!hasDigit && /^[A-Za-z_]+[#+*%&~^|][A-Za-z_]+$/.test(secret) && wordLikeness(secret) > wordsFrom) return 'identifier';
  // Selectors (`#new-password`) and routes (`users/passwords#edit`).
  if (!hasDigit && /^(?:[#.][A-Za-z][\w-]+|[\w/]+\/\w+#\w+)$/.test(secret) && wordLikeness(secret) > 0) return 'identifier';
  if (!hasDigit && !hasSign) return wordLikeness(secret) > -0.5 || secret.length < (isQuoted ? 8 : 10) ? 'words' : undefined;
  if (!isQuoted && looksLikeIdentifier(secret)) return 'identifier';
  if (secret.length < 5 || (!hasDigit && secret.length < 6)) return 'too-simple';
  return undefined;
}

function judgeRandom(secret: string, isQuoted: boolean): DropReason | undefined {
  if (secret.length < 8 || /^[\d.,:\-/ ]+$|^0x[0-9a-f]{1,16}$/i.test(secret)) return 'too-simple';
  if (/\s/.test(secret)) return 'words';
  // Letters up to F make words now and then, but not with as many digits.
  if (hexadecimal.test(secret) || accessKeyId.test(secret)) return countDistinct(secret) < 8 ? 'repetitive' : undefined;
  if (looksLikeIdentifier(secret)) return 'identifier';
  const likeness = wordLikeness(secret);
  const hasDigit = /\d/.test(secret);
  if (!hasDigit) return likeness > -0.7 || secret.length < 16 ? 'words' : undefined;
  const decoded = secret.length >= 12 ? decodeBase64Text(secret) : undefined;
  if (likeness > wordsFrom || (decoded !== undefined && wordLikeness(decoded) > wordsFrom)) return 'words';
  if (!isQuoted && secret.length < 10) return 'too-simple';
  return countDistinct(secret) < Math.min(8, secret.length / 2) ? 'repetitive' : undefined;
}

/** The form of ids that AWS gives says enough, whatever their letters read like. */
const accessKeyId = /^A[KS]IA[A-Z\d]{16}$/;
const hexadecimal = /^(?=(?:[^\d]*\d){6})(?:[0-9a-f]{24,}|[0-9A-F]{24,}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/;

/** Words joined as in code (`camelCase`, `snake_case`, `kebab-case`, `dotted.path`), at most with a number or two. */
function looksLikeIdentifier(text: string): boolean {
  if (!/^[@$]?[A-Za-z_][\w$.\-:]*$/.test(text)) return false;
  const digitGroups = text.match(/\d+/g)?.length ?? 0;
  return digitGroups <= 2 && wordLikeness(text) > -0.2;
}

/** What follows the keyword in a name when the name is not the credential's: `password_field`, `tokenUrl`, `SECRET_NAME`. */
const aboutWords =
  /^(?:s?[_.-]?(?:name|id|ids|file|filename|path|dir|url|uri|endpoint|type|kind|field|label|policy|length|len|size|min|max|hint|placeholder|error|errors|message|msg|reset|column|prefix|suffix|format|regex|regexp|pattern|ref|reference|title|text|description|desc|expires?|expiry|expiration|ttl|timeout|lifetime|count|limit|header|param|params|class|input|required|enabled|disabled|algorithm|algo|alg|version|provider|manager|service|store|storage|source|scope|scopes|issuer|audience|usage|hash|hashed|digest|encoder|strength|rules?|index|position|pos|offset|start|end|date|time|at|sha\d*|md5|checksum|fingerprint|encode|decode|encoding|charset|mgr|validator|generator|form|page|link|template|view|model|table|schema|parameter|arg|key[_.-]?(?:name|id)|arn|selector|separator|sep|delimiter|status|state|icon|color|help|tooltip|caption|section|alias|mode|method|strategy|host|port|user|username|namespace|mount|engine|backend|plugin|role|group|list|map|set|array|cache|pool|bucket|queue|event|handler|callback|hook|listener|test|check|checker))(?:$|[_.A-Z\d-])/;

function isAboutCredential(tail: string): boolean {
  if (/^[\w-]*\.(?:[jt]sx?|py|rb|go|php|java|cs?|h|erb|html?|md|json|ya?ml)$/.test(tail)) return true;
  const spelled = /[a-z]/.test(tail) ? tail.replace(/^s?[A-Z]/, (start) => start.toLowerCase()) : tail.toLowerCase();
  return aboutWords.test(spelled);
}

/**
 * Control characters, or bytes above ASCII that are neither UTF-8 nor one or two letters of Latin-1: compressed data holds every short
 * keyword somewhere.
 */
function isBinary(secret: string): boolean {
  if (/[\0-\x08\x0b-\x1f\x7f]/.test(secret)) return true;
  const high = secret.match(/[\x80-\xff]/g) ?? [];
  if (high.length === 0 || isUtf8(Buffer.from(secret, 'latin1'))) return false;
  return high.length > 2 || high.length > secret.length / 4 || high.some((letter) => letter < '\xc0');
}

function isReference(secret: string, isQuoted: boolean): boolean {
  if (/^ENC[([]|^\{cipher\}|^vault:v\d|^\$[A-Za-z_{(]|\$\{?[A-Z_]{3,}\}?|^@[A-Z_]+@$|^&[a-z]/.test(secret)) return true;
  if (
    /^(?:process\.env|os\.environ|env[.[(:]|ENV\[|getenv|System\.|config[.[(]|settings[.[(]|secrets?[.[(]|vault:|ref\+|arn:|op:\/\/|projects\/|ssm:|keyvault|file:|var\.|data\.|local\.|module\.|params?[.[(]|self\.|this\.|args?[.[]|options?[.[]|req(?:uest)?\.|ctx\.)/.test(
      secret,
    )
  )
    return true;
  // A string that is put together.
  if (/^[`"']\s*\+|\+\s*\w+(?:\.\w+)*\(/.test(secret)) return true;
  // A pattern that such values match.
  if (/\[[^[\]\s]{2,}\](?:\{\d+(?:,\d*)?\}|[+*])/.test(secret)) return true;
  // Calls and places in structures.
  if (isQuoted) return /^[\w.]+\([\w.,"' ]*\)$|^[\w.]+\[\d+\]\.\w+$|\*\.\w+$|\w\.\*\./.test(secret);
  // Code that computes the value.
  return /[()[\]{};]|->|::|=>|^![A-Za-z:]+$|&&|\|\|/.test(secret) || (/^\w+\.\w+\.\w+/.test(secret) && !hasRandomPart(secret));
}

/** Whether one of the parts between dots is no name: tokens have dots as well. */
function hasRandomPart(secret: string): boolean {
  return secret.split('.').some((part) => part.length >= 12 && /\d/.test(part) && wordLikeness(part) < -0.2);
}

function isPathOrUrl(secret: string): boolean {
  if (/^[a-z][a-z0-9+.-]{1,15}:\/\//i.test(secret)) return true;
  if (/^(?:\.{0,2}\/|~\/|[A-Za-z]:\\)[\w.\-~/\\ @+:#]+$/.test(secret) && /[/\\].*[/\\]|\.\w{1,5}$/.test(secret))
    return wordLikeness(secret) > -0.5;
  return /^[\w.\-/\\]+\.(?:pem|key|crt|cer|json|ya?ml|txt|js|ts|py|rb|go|java|xml|conf|ini|cfg|html?|php|sh|md|png|svg|css|p12|jks|properties|env|com|org|net|io)$/i.test(
    secret,
  );
}

function isHashOrId(secret: string, chosen: NonNullable<Rule['chosen']>): boolean {
  if (
    /^\$(?:2[abxy]|argon2\w*|[156]|apr1|scrypt|pbkdf2[\w-]*)\$|^\{(?:S?SHA\d*|MD5|CRYPT|bcrypt|noop)\}|^(?:pbkdf2|scrypt|sha\d+|md5)[:$_]|^sha\d{1,3}[-:][A-Za-z0-9+/=]+$/i.test(
      secret,
    )
  )
    return true;
  // URNs, and object identifiers of ASN.1.
  if (/^urn:|^\d+(?:\.\d+){3,}/i.test(secret)) return true;
  return chosen === 'random' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(secret) && /^0{8}-/.test(secret);
}

/** A token with a form of its own is the business of that form's rule, which also tells the real ones. */
const jsonWebToken = /^eyJ[\w-]+\.eyJ[\w-]+\./;

function countDistinct(text: string): number {
  return new Set(text).size;
}
