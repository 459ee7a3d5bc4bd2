import { NameTable } from './name-table.ts';

/** What is told of the elements and texts of a document, in their order; names without prefixes. */
export interface XmlEvents {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  /** The text of an element may come in several pieces. */
  text(text: string): void;
  close(): void;
}

/** Where a scanner stopped: `before` brings another parser into the state that it was in, `rest` is what it has not told yet. */
export interface XmlStop {
  readonly before: string;
  readonly rest: string;
}

/** What is held of a comment, a tag or a CDATA section that has not come whole. */
const longestToken = 4 << 20;

/**
 * Goes through XML (https://www.w3.org/TR/xml/) as scanners write it by native searches, several times as fast as a parser that looks at each
 * character. It judges nothing: before whatever it does not know for certain to be right it stops, for a parser that does.
 */
export class XmlScanner {
  readonly #events: XmlEvents;
  /** As they are written, with their prefixes. */
  readonly #open: string[] = [];
  #text = '';
  #at = 0;
  #hasRoot = false;
  readonly #names = new NameTable();
  #hasDoctype = false;
  #isBeginning = true;
  /** Whether the piece holds what ends a CDATA section, and must not stand in a text. */
  #hasSectionEnd = false;

  constructor(events: XmlEvents) {
    this.#events = events;
  }

  /** Goes on with the next piece; answers where it stopped for good, if it did. */
  write(piece: string): XmlStop | undefined {
    this.#text = withLineFeeds(this.#text.slice(this.#at) + piece);
    this.#at = 0;
    this.#hasSectionEnd = this.#text.includes(']]>');
    const isStopped = !this.#scan();
    return isStopped || this.#text.length - this.#at > longestToken ? this.#stop() : undefined;
  }

  /** At the end of the document; answers where it stopped if that is not behind its last element. */
  end(): XmlStop | undefined {
    const isWhole = this.#hasRoot && this.#open.length === 0 && this.#text.slice(this.#at).trim() === '';
    return isWhole ? undefined : this.#stop();
  }

  #stop(): XmlStop {
    const prolog = (this.#isBeginning ? '' : ' ') + (this.#hasDoctype ? '<!DOCTYPE root>' : '');
    const root = this.#open.length > 0 ? this.#open.map((name) => `<${name}>`).join('') : this.#hasRoot ? '<root/>' : '';
    const before = prolog + root;
    return { before, rest: this.#text.slice(this.#at) };
  }

  /** Goes as far as whole tokens go; false where one is not known to be right. `#at` stands before it. */
  #scan(): boolean {
    const { length } = this.#text;
    while (this.#at < length) {
      if (this.#text.charCodeAt(this.#at) !== lessThan) {
        if (!this.#scanText()) return false;
        if (this.#text.charCodeAt(this.#at) !== lessThan) return true;
      }
      const before = this.#at;
      if (before + 1 === length) return true;
      const next = this.#text.charCodeAt(before + 1);
      const isRight = next === slash ? this.#scanClosing() : isNameStart(next) ? this.#scanOpening() : this.#scanOther(next);
      if (!isRight) return false;
      if (this.#at === before) return true;
      this.#isBeginning = false;
    }
    return true;
  }

  /** Stays before what may belong to a token that goes on. */
  #scanText(): boolean {
    const at = this.#at;
    let end = this.#text.indexOf('<', at);
    if (end === -1) end = Math.max(at, this.#findCut());
    if (end === at) return true;
    const text = this.#text.slice(at, end);
    if (this.#open.length === 0) {
      if (!isSpace.test(text)) return false;
    } else {
      if (this.#hasSectionEnd && text.includes(']]>')) return false;
      const decoded = text.includes('&') ? decodeReferences(text) : text;
      if (decoded === undefined) return false;
      this.#events.text(decoded);
    }
    this.#isBeginning = false;
    this.#at = end;
    return true;
  }

  /** Before a reference, or an end of a section, that the next piece may complete. */
  #findCut(): number {
    const reference = this.#text.lastIndexOf('&');
    let cut = reference > this.#text.length - longestReference ? reference : this.#text.length;
    while (this.#text[cut - 1] === ']' || this.#text[cut - 1] === '\r') cut--;
    return cut;
  }

  #scanClosing(): boolean {
    const name = this.#open.at(-1);
    const end = this.#text.indexOf('>', this.#at);
    if (end === -1) return true;
    if (name === undefined || !this.#text.startsWith(name, this.#at + 2)) return false;
    const behind = this.#at + 2 + name.length;
    if (behind !== end && !isSpace.test(this.#text.slice(behind, end))) return false;
    this.#at = end + 1;
    this.#open.pop();
    this.#events.close();
    return true;
  }

  #scanOpening(): boolean {
    if (this.#hasRoot && this.#open.length === 0) return false;
    const text = this.#text;
    const nameEnd = skipName(text, this.#at + 1);
    const name = this.#names.take(text, this.#at + 1, nameEnd);
    const attributes: Record<string, string> = {};
    let count = 0;
    for (let at = nameEnd; ;) {
      const behind = skipSpace(text, at);
      if (behind >= text.length - 1) return true;
      const code = text.charCodeAt(behind);
      if (code === greaterThan || code === slash) {
        const isEmpty = code === slash;
        if (isEmpty && text.charCodeAt(behind + 1) !== greaterThan) return false;
        this.#at = behind + (isEmpty ? 2 : 1);
        this.#hasRoot = true;
        this.#open.push(name);
        this.#events.open(withoutPrefix(name), attributes);
        if (isEmpty) {
          this.#open.pop();
          this.#events.close();
        }
        return true;
      }
      if (behind === at || !isNameStart(code) || ++count > mostAttributes) return false;
      const attributeEnd = skipName(text, behind);
      const equals = skipSpace(text, attributeEnd);
      const valueStart = skipSpace(text, equals + 1);
      if (valueStart >= text.length) return true;
      const quote = text[valueStart]!;
      if (text.charCodeAt(equals) !== equalSign || (quote !== '"' && quote !== "'")) return false;
      const valueEnd = text.indexOf(quote, valueStart + 1);
      if (valueEnd === -1) return true;
      const attribute = withoutPrefix(this.#names.take(text, behind, attributeEnd));
      const value = readAttribute(text.slice(valueStart + 1, valueEnd));
      if (value === undefined || attributes[attribute] !== undefined) return false;
      attributes[attribute] = value;
      at = valueEnd + 1;
    }
  }

  /** Sections, comments, instructions and declarations. */
  #scanOther(next: number): boolean {
    const text = this.#text;
    const at = this.#at;
    if (next !== exclamation && next !== question) return false;
    const rest = text.slice(at, at + longestBeginning);
    if (rest.length < longestBeginning && !rest.includes('>')) return true;
    if (rest.startsWith('<![CDATA[')) {
      const end = text.indexOf(']]>', at);
      if (this.#open.length === 0) return false;
      if (end === -1) return true;
      this.#events.text(text.slice(at + 9, end));
      this.#at = end + 3;
    } else if (rest.startsWith('<!--')) {
      const end = text.indexOf('--', at + 4);
      if (end === -1 || end + 2 === text.length) return true;
      if (text[end + 2] !== '>') return false;
      this.#at = end + 3;
    } else if (this.#hasRoot) return false;
    else {
      const end = text.indexOf('>', at);
      if (end === -1) return true;
      const declaration = text.slice(at, end + 1);
      if (doctype.test(declaration)) {
        if (this.#hasDoctype) return false;
        this.#hasDoctype = true;
      } else if (!instruction.test(declaration) && !(this.#isBeginning && xmlDeclaration.test(declaration))) return false;
      this.#at = end + 1;
    }
    return true;
  }
}

const mostAttributes = 1000;
const longestReference = 16;
const longestBeginning = 9;

const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;
const equalSign = 0x3d;
const exclamation = 0x21;
const question = 0x3f;

const isSpace = /^[ \t\n]*$/;
const xmlDeclaration =
  /^<\?xml\s+version\s*=\s*(["'])1\.0\1(?:\s+encoding\s*=\s*(["'])[A-Za-z][A-Za-z0-9._-]*\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\3)?\s*\?>$/;
const instruction = /^<\?(?!xml[\s?])[a-z][\w-]*(?:\s[^?>]*)?\?>$/i;
const doctype = /^<!DOCTYPE\s+[A-Za-z_][\w:.-]*(?:\s+(?:SYSTEM|PUBLIC\s+"[^"<>[\]]*")\s+"[^"<>[\]]*")?\s*>$/;

/** What may stand in a name, of what scanners use: 1, and at its beginning: 2. For each code unit, because looking beside a table is slow. */
const nameBytes = new Uint8Array(1 << 16);
for (const byte of Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_')) nameBytes[byte] = 2;
for (const byte of Buffer.from('0123456789.:-')) nameBytes[byte] = 1;

function isNameStart(code: number): boolean {
  return nameBytes[code] === 2;
}

function skipName(text: string, from: number): number {
  const { length } = text;
  let at = from;
  while (at < length && nameBytes[text.charCodeAt(at)]! > 0) at++;
  return at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x09) return at;
    at++;
  }
}

export function withoutPrefix(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

function readAttribute(text: string): string | undefined {
  if (text.includes('<')) return undefined;
  const line = hasLineOrTab.test(text) ? text.replaceAll(/[\n\t]/g, ' ') : text;
  return line.includes('&') ? decodeReferences(line) : line;
}

const hasLineOrTab = /[\n\t]/;
const reference = /&(?:[A-Za-z]\w{0,12};|#\d{1,7};|#x[\dA-Fa-f]{1,6};)?/g;
const characters: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
]);

/** Undefined where an ampersand is no reference, or to no character. */
function decodeReferences(text: string): string | undefined {
  let decoded = '';
  let from = 0;
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', from)) {
    const end = text.indexOf(';', at) + 1;
    const character = characters.get(text.slice(at, end));
    if (character === undefined) {
      const rest = decodeAny(text.slice(from));
      return rest === undefined ? undefined : decoded + rest;
    }
    decoded += text.slice(from, at) + character;
    from = end;
  }
  return decoded + text.slice(from);
}

/** Several times as slow. */
function decodeAny(text: string): string | undefined {
  let isRight = true;
  const decoded = text.replaceAll(reference, (whole) => {
    const character = characters.get(whole) ?? decodeReference(whole);
    isRight &&= character !== undefined;
    return character ?? whole;
  });
  return isRight ? decoded : undefined;
}

/** What is declared nowhere stays as it is written. */
function decodeReference(whole: string): string | undefined {
  if (whole[1] !== '#') return whole === '&' ? undefined : whole;
  const code = whole[2] === 'x' ? Number.parseInt(whole.slice(3), 16) : Number.parseInt(whole.slice(2), 10);
  return isCharacter(code) ? String.fromCodePoint(code) : undefined;
}

/** https://www.w3.org/TR/xml/#NT-Char */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x1_0000 && code <= 0x10_ffff);
}

/** https://www.w3.org/TR/xml/#sec-line-ends; a carriage return at the end waits for what follows. */
function withLineFeeds(text: string): string {
  if (!text.includes('\r')) return text;
  const isCut = text.endsWith('\r');
  return (isCut ? text.slice(0, -1) : text).replaceAll(/\r\n?/g, '\n') + (isCut ? '\r' : '');
}
