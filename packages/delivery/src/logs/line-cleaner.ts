import { stripControl } from '@deployguard/git';

export interface LineCleanerOptions {
  /** Values that must not be shown, as they are, as base64, and as parts of an address. */
  readonly mask?: readonly string[];
  /** Default 4096. */
  readonly maxCharacters?: number;
}

/** Shorter values stand everywhere by chance; masking them would make a log unreadable and hide nothing. */
const minMaskedCharacters = 4;

/**
 * Makes a line that a stranger's program wrote safe to keep and show: no control sequences, no marks that reorder text, masked values as
 * `***`, and not longer than it may be.
 */
export function createLineCleaner({ mask = [], maxCharacters = 4096 }: LineCleanerOptions = {}): (line: string) => string {
  const needles = [...new Set(mask.flatMap(listForms))].toSorted((a, b) => b.length - a.length);
  return (line) => {
    let text = stripControl(line).replaceAll('\n', ' ');
    for (const needle of needles) text = text.replaceAll(needle, '***');
    if (text.length <= maxCharacters) return text;
    // No half of a surrogate pair.
    const cut = text.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, '');
    return `${cut}… (${text.length - cut.length} characters more)`;
  };
}

/** A value of several lines is masked line by line: lines is what a log has. */
function listForms(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => stripControl(line).trim());
  return [value, ...lines]
    .filter((part) => part.trim().length >= minMaskedCharacters)
    .flatMap((part) => [part, encodeURIComponent(part), JSON.stringify(part).slice(1, -1), ...listBase64(Buffer.from(part))])
    .filter((form) => form.length >= minMaskedCharacters);
}

/** A value may begin at any of three bytes of a group: of each, the characters that depend on the value alone. */
function listBase64(bytes: Buffer): string[] {
  const standard = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const isExact = (before + bytes.length) % 3 === 0;
    return text.slice([0, 2, 3][before]!, isExact ? undefined : -1);
  });
  return [...standard, ...standard.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))].filter((text) => text.length >= 8);
}
