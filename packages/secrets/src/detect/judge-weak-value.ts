import type { DropReason } from './drop-reason.ts';

/**
 * Judges a value that was chosen by a person and is made of words, where only its place (behind the name of a password, in a URL) says
 * that it is a credential. What is left out are the words that forms, messages and types have in that place.
 *
 * @param text the match, which begins with the name
 */
export function judgeWeakValue(secret: string, text: string, isBare: boolean): DropReason | undefined {
  if (isBare && !isVariable.test(text)) return 'reference';
  if (secret.includes(' ')) return message.test(secret) ? 'words' : undefined;
  const value = secret.replace(/[!.?:]{1,4}$/, '');
  if (isOfSentence(secret, text)) return 'words';
  // Of more than first guesses nothing is left when the sign at the end is taken away.
  if (firstGuess.test(value)) return 'placeholder';
  if (!/[A-Za-z]{3}/.test(value) || /[\x80-\xff]/.test(value) || value.length < 4) return 'too-simple';
  // Fingerprints, and what stands for one: two characters, over and over.
  if (/^(?:[\dA-F]{16,}|[\da-f]{16,})$/.test(value)) return 'hash-or-id';
  if (value.length >= 12 && new Set(value.toLowerCase()).size <= 2) return 'repetitive';
  if (constant.test(value) || nameOfPassword.test(value)) return 'identifier';
  if (nameOfKey.test(value) || (/^(?:[sat]|_k)/i.test(text) && nameOfSecret.test(value))) return 'identifier';
  // Selectors, options, paths, keys of messages, calls, patterns, actions of controllers, e-mail addresses, and what is left of `<password>`.
  if (
    /^[#.@/:*^+-]|[/\\]|^\w+(?:\.\w+)+$|[:=]|->|\*|%[sdvq@]|^\w+#(?:passwords?|new|index|show|edit|update|create)$|^[\w.+-]+@[\w-]+\.[a-z]{2,}$|>$/.test(
      secret,
    )
  )
    return 'reference';
  return formWord.test(value) ? 'words' : undefined;
}

/** A variable of the environment, in capitals; `PASS: …` is how tests speak. */
const isVariable =
  /^(?:P(?:ASS(?:W(?:OR)?D|PHRASE)?|WD)\d{0,3}|SECRET(?:_KEY)?|TOKEN|_KEY|APIKEY)=|^P(?:ASS(?:W(?:OR)?D|PHRASE)|WD)\d{0,3}: /;

const firstGuess =
  /^open[_\- ]?sesame$|^(?:(?:my|the|some|any|a|test|user|db|your|new|old)?[_\- ]?(?:pass(?:word|wd|phrase|code)?s?|pwd|pw|secrets?|tokens?|(?:api[_-]?)?keys?)|tests?|testing|tester|admin|administrator|root|user(?:name)?|guest|foo|bar|baz|qux|foobar(?:baz)?|none|null|nil|undefined|true|false|yes|no|default|empty|blank|string|value|hello|world|example\w*|change(?:it|me|this)?|demo|dummy|fake|sample|login|name|email|text|something(?:[-_ ]else)?)\d{0,4}$/i;

/** `MAX_LENGTH`, `PASSWORD`, `labelText`: the name of something. */
const constant =
  /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$|^_|[_-]$|^[a-z]+[A-Z]\w*(?:Field|Input|Label|Error|Text|Key|Name|Id|Hash)$|^[a-z]+(?:[A-Z][a-z]+){2,}Password$|^[a-z]+(?:[A-Z][a-z]+){3,}$/;

/** What is done with a password, what is wrong with it, or whose it is. */
const nameOfPassword =
  /^(?:forg[eo]t(?:ten)?|wrong|other|another|choose|fake|dummy|mock|your\w*|reset|change|update|edit|invalid|incorrect|missing|confirm\w*|current|set|show|hide|toggle|check|verify|validate|enter|input|repeat|retype|re|create|save|get|no|is|has|with(?:out)?|needs?|requires?|requested?|recover|lost|user\w*|hash(?:ed)?|(?:en)?crypt(?:ed)?|plain\w*|raw|clear|temp\w*|optional|grant|oauth2?|basic|simple|custom|resource[_-]?owner|ask|prompt|read|generate|random|default|expired?|password|passwd|txt|lbl|btn|str|auth|account|email|login|username|db|database|app|service|server|client|mail|smtp|ldap|proxy|ssh|http)[_\-.]?(?:s|for|your|the|my|me|new|old|user)?[_\-.]?(?:pass(?:word|wd|phrase|code)?s?|pwd|pw)(?:[_\-.]?(?:\w{1,12}|[A-Z]\w*))?$/i;

/** What sentences are made of, and what forms and messages speak of. */
const message =
  /\b(?:passwords?|passphrase|secret|token|key|a|an|the|your|my|our|is|are|be|was|been|not|no|must|should|can|cannot|will|do|does|don|has|have|at|to|of|for|in|on|if|as|by|or|it|this|that|please|enter|type|use|using|used|set|new|old|current|confirm|repeat|again|change|reset|forgot|forgotten|show|hide|too|short|long|weak|strong|least|most|characters?|letters|required|optional|invalid|valid|incorrect|wrong|missing|empty|blank|match|matches|mismatch|expired?|field|name|email|user|login|log|account|access|api|generated?|default|hash|hashed|encrypted|plain|some|any|more|than|when|from)\b/;

/** `my-tls-secret`, `clientSecret`, `secretName`: objects and fields that hold one. */
const nameOfSecret =
  /^(?:[\w.-]*[-_.])(?:secrets?|tokens?|keys?|credentials?|values?)$|^(?:[a-z]+(?:[A-Z][a-z]+)*(?:Secret|Token|Key)|secrets?(?:[-_.].*|[A-Z]\w*))$|^(?:client|app|jwt|api|shared|session|auth|access|consumer|webhook|oauth2?|no|is|has|public|private|tls|ssl|primary|foreign|sort|cache|(?:in)?valid|bad|wrong|fake|dummy|mock|other|another)[-_]?(?:secret|token|key)$/;

/** What a key is called where an address has it: `access_key_id:secret_access_key@host`, `user:access-token`. */
const nameOfKey = /^(?:[\w.-]*[-_.])?(?:access|api|auth|session|private)[-_](?:key|token|secret)$|^x-(?:oauth-basic|access-token)$/i;

/** Types, rules of validation, labels in other languages, states. */
const formWord =
  /^(?:with|from|that|this|when|will|then|into|must|have|your|their|which|using|instead|options?|flags?|arguments?|parameters?|values?|files?|prompt|prompted|here|only|also|both|same|else|null|case|type|like|more|need|want|used|uses|open[_-]?sesame|varchar|char|str|bytes?|bool(?:ean)?|number|integer|int|object|any|unknown|void|array|nullable|textfield|textbox|plaintext|plain|cleartext|hidden|visible|required?|optional|invalid|valid|wrong|incorrect|missing|mismatch|weak|strong|short|long|expired|minimum|maximum|match(?:es)?|nomatch|confirm|digest|bcrypt|scrypt|argon2\w*|pbkdf2\w*|sha\d*|md5|crypt|base64|hex|utf-?8|ascii|latin1|binary|json|secret|do[-_]not[-_][\w-]+|masked|redacted|removed|protected|private|public|return|function|class|this|self|before|after|called|error|warning|success|fail(?:ed|ure)?|skip|done|show|hide|click|submit|cancel|save|edit|delete|reset|forgot|change|update|create|\w+(?<!th)ing|\w{3,}(?:ed|tion|able|ment)|pass?wort|kennwort|contrase\w*|contrasinal|contrasenya|senha|wachtwoord|parola|lozinka|heslo|salasana|losenord|adgangskode|has[lł]o|jelsz\w*|sifre|parool|geslo|mot[_ -]?de[_ -]?passe|mima|passord)$/i;

/** In SQL and behind options the next word of a sentence stands where a password without quotes would. */
function isOfSentence(secret: string, text: string): boolean {
  return /^(?:identified|login|encrypted|-)/i.test(text) && text.endsWith(` ${secret}`) && !/[A-Z]/.test(secret);
}
