/** `TypeError: …`, `django.db.utils.OperationalError: …`, `panic: …`, `Caused by: …`, `app.rb:1: … (NameError)`. */
const namesError =
  /^\s{0,8}(?:Uncaught |Exception in thread |Caused by: |Unhandled |\[?(?:fatal|error|panic)\]?\b|(?:\w{1,60}[.:]{1,2}){0,8}\w{0,60}(?:Error|Exception)\b)|\(\w{1,60}(?:Error|Exception)\)$/i;
/** Frames of a stack, what Node prints below one, and what closes an object that is printed. */
const tellsNothing = /^\s{0,20}(?:at |File "|from |\^|~|[{}[\]()]|Node\.js v\d|npm (?:error|ERR!)|goroutine \d|exit status \d)/;

/** What package managers and `make` say when the program that they started has ended. */
const tellsOfAnother =
  /^\s{0,20}(?:error Command failed|info Visit https:|\[?ELIFECYCLE\]?\s|error: script "|make(?:\[\d+\])?: \*\*\* |Script .{1,200} returned with error code)|^\s{0,20}Command failed with exit code \d+\.$/;

/** What npm and pnpm (`> `), Yarn and Bun (`$ `) print of what they start. */
const isBanner = /^\s{0,20}(?:[>$] |yarn run v\d)/;

/** Of the lines that a program printed before it ended, the one that says why, as far as that can be told: not the last one in most languages. */
export function findTellingLine(lines: readonly string[]): string | undefined {
  const printed = lines.filter((line) => line.trim() !== '' && !isBanner.test(line));
  const said = printed.filter((line) => !tellsNothing.test(line) && !tellsOfAnother.test(line));
  return (said.findLast((line) => namesError.test(line)) ?? said.at(-1) ?? printed.at(-1))?.trim();
}

/** What to do about it, where the line does not say so by itself; else empty. */
export function advise(line: string | undefined): string {
  return advices.find(({ when }) => when.test(line ?? ''))?.advice ?? '';
}

const advices: readonly { readonly when: RegExp; readonly advice: string }[] = [
  {
    when: /EROFS|Read-only file system|readonly database|unable to open database file/i,
    advice:
      ' Files of the release cannot be written; those in $HOME and /tmp can, and go with the instance: what is to stay belongs in a database.',
  },
  {
    // The kernel says so of a script whose `#!` line names what is not there; a line that ends in CRLF does.
    when: /^exec \S{1,200}: no such file or directory$/,
    advice: ' If that file is there, its first line names an interpreter that the image does not have, or ends in CRLF instead of LF.',
  },
];
