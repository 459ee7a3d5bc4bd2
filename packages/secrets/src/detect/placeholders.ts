/** Marks that writers of documentation and templates put where a secret goes; random text does not hold them by chance. */
const marks = [
  /x{5}|X{5}|\*{3}|\.{3}|^_{4}|_{4}$|_{6}|-{5}|#{4}|^.{0,6}\?{3}/,
  /example|placeholder|change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|with)|to[-_ ]?be[-_ ]?(?:modified|changed|replaced|filled|defined|set|added)|redacted|removed|censored|masked/i,
  /(?:^|[^a-z])(?:your|dummy|sample|fake|todo|fixme|insert|enter)(?:[^a-z]|$)|^(?:my|some|the)[-_ ][a-z]/i,
  /^(?:your|dummy|fake|sample|foobar|insert|enter)[A-Z-_ ]/,
  /your[-_ ]?(?:api|access|secret|token|key|password|client|app|personal)/i,
  /^<.*>$|<[a-z][\w -]*>|^\[[\w -]+\]$|\$\{|\{\{|\}\}|<%|%>|#\{|\$\(\w|%\(\w+\)|^%[sdv@]$|[:=/ ]%[sdv@](?:$|[:/ @])|^%\w+%$|^\{[A-Za-z_]*\}$/,
];

/** Values that are in every list of first guesses or stand for "nothing". Compared in lower case. */
const commonValues = new Set(
  (
    'password passwd passwort pass pwd secret secrets token apikey key admin administrator root user username guest test tests tester testing ' +
    'foo bar baz foobar foobarbaz qux quux hello world none null nil undefined true false yes no default empty blank string value ' +
    'password1 password123 passw0rd p@ssw0rd p@ssword pa$$word pass123 pass1234 admin123 test123 test1234 secret123 secret1 qwerty qwerty123 ' +
    'letmein iloveyou welcome welcome1 monkey dragon abc123 changeit hunter2 tobi s3cret s3cr3t secr3t topsecret supersecret verysecret ' +
    'mypassword myp@ssw0rd mypassw0rd mysecret mytoken testpassword testpass testtoken testsecret notasecret unused optional required hidden'
  ).split(' '),
);

/** Words that guesses are made of when a number or a sign is asked for as well. */
const guessedWord =
  /^(?:(?:my|new|old|current|test(?:ing)?|user|wrong|incorrect|invalid|valid|bad|good|another|other|different|second|db|root|admin|some|super|strong|secure|correct|short|weak|default|temp|initial|updated|changed|reset|confirm|login|dev|local)*[-_]?(?:pass(?:w(?:or)?d|wort|phrase)?|pwd|pw|secret|token|key)|neo4j|postgres|mysql|mongo|redis|summer|winter|spring|autumn|sunshine|football|princess|superman|batman|pokemon|starwars|testuser|testadmin)s?$/;
const leet: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's' };

/** Whether the text is one of the first guesses with a number, signs or `p@55w0rd`-like letters in it: `password126`, `Secret42!`. */
export function isGuess(text: string): boolean {
  const word = text.toLowerCase().replace(/[!.?#*$%@]{1,4}$/, '');
  const bare = word.replace(/[-_.@#!]?\d{1,8}$/, '').replace(/[!.?#*$%@_-]{1,4}$/, '');
  return [word, bare].some(
    (candidate) => isGuessedWord(candidate) || isGuessedWord(candidate.replaceAll(/[013457@$]/g, (sign) => leet[sign]!)),
  );
}

function isGuessedWord(word: string): boolean {
  return commonValues.has(word) || guessedWord.test(word);
}

/** Whether writers of documentation and templates put the text where a secret goes. */
export function isUnfilled(text: string): boolean {
  return marks.some((mark) => mark.test(text));
}

/** Whether the text, or what it is the base64 or percent-encoding of, stands for a value that is to be filled in, or is a first guess that guards nothing. */
export function isPlaceholder(text: string): boolean {
  const isOne = (candidate: string): boolean =>
    commonValues.has(candidate.toLowerCase().replace(/[!.?#*$%]{1,4}$/, '')) || isUnfilled(candidate);
  if (isOne(text)) return true;
  const decoded = /%[2-7][0-9A-Fa-f]/.test(text) ? decodePercent(text) : decodeBase64Text(text);
  return decoded !== undefined && isOne(decoded);
}

function decodePercent(text: string): string {
  return text.replaceAll(/%([2-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The printable ASCII text that base64 holds; `undefined` for anything else. */
export function decodeBase64Text(text: string): string | undefined {
  if (text.length % 4 === 1 || !/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return /^[\x20-\x7e]+\n?$/.test(decoded) ? decoded : undefined;
}

/** Whether one character or a short group is repeated, or characters count up, for most of the text. */
export function isRepetitive(text: string): boolean {
  if (text.length < 4) return true;
  let sameRun = 0;
  let upRun = 0;
  let sameLongest = 0;
  let upLongest = 0;
  for (let i = 1; i < text.length; i++) {
    const step = text.charCodeAt(i) - text.charCodeAt(i - 1);
    sameRun = step === 0 ? sameRun + 1 : 0;
    // `…890` counts up as well.
    upRun = step === 1 || (text[i] === '0' && text[i - 1] === '9') ? upRun + 1 : 0;
    sameLongest = Math.max(sameLongest, sameRun);
    upLongest = Math.max(upLongest, upRun);
  }
  // Fewer than one in 10^8 random texts holds a run of 8; shorter runs matter in shorter texts.
  if (sameLongest >= 7 || upLongest >= 7 || sameLongest + 1 > text.length / 2 || upLongest + 1 > text.length / 2) return true;
  return text.length >= 8 && [1, 2, 3, 4, 5, 6, 8, 10].some((period) => text.length >= period * 3 && isPeriodic(text, period));
}

function isPeriodic(text: string, period: number): boolean {
  for (let i = period; i < text.length; i++) {
    if (text[i] !== text[i - period]) return false;
  }
  return true;
}
