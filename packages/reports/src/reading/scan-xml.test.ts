import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { type XmlEvents, XmlScanner } from './scan-xml.ts';

test('what it goes through alone is told as a parser tells it', () => {
  const document = `<?xml version="1.0" encoding="UTF-8"?>\r\n<!DOCTYPE a SYSTEM "a.dtd">
<?xml-stylesheet href="a.xsl"?><x:a b='1 &lt; 2' x:c="&#65;&#x1F600;\n\t"><b/>one &amp; &other;<!-- two --><![CDATA[<three>]]]></x:a >\n`;

  const { events, isStopped } = scan([document]);

  assert.equal(isStopped, false);
  assert.deepEqual(events, [['a', { b: '1 < 2', c: 'A\u{1f600}  ' }], ['b', {}], 'close', 'one & &other;<three>]', 'close']);
});

test('P17 whatever a document is made of and however it is cut, it and the parser that goes on where it stops tell what the parser alone tells', () => {
  const tokens = fc.constantFrom(
    '<a>',
    '</a>',
    '<b c="d">',
    '</b>',
    '<b/>',
    '<a b="1" b="2"/>',
    "<x:a x:b='&quot;' />",
    '<a constructor="1"/>',
    '<a b=c>',
    '<a b>',
    '<a\r\nb\t=\r"c\nd">',
    '<1>',
    '< a>',
    '<',
    'text',
    ' ',
    '\r\n',
    '\r',
    '\n',
    '&amp;',
    '&lt;b&gt;',
    '&#65;',
    '&#x0;',
    '&#x110000;',
    '&other;',
    '&',
    ';',
    ']]>',
    ']',
    '>',
    '"',
    '\u{1f600}',
    'é',
    '<!-- a -->',
    '<!-- a -- b -->',
    '<!--',
    '-->',
    '<![CDATA[a]]>',
    '<![CDATA[]]]]>',
    '<![CDATA[',
    '<?a b?>',
    '<?xml version="1.0"?>',
    '<!DOCTYPE a>',
    '<?',
  );
  const balanced = fc.array(tokens, { maxLength: 8 }).map((inner) => ['<?xml version="1.0"?>', '<a>', ...inner, '</a>']);
  fc.assert(
    fc.property(fc.oneof(balanced, fc.array(tokens, { maxLength: 12 })), fc.infiniteStream(fc.nat(7)), (parts, lengths) => {
      const document = parts.join('');
      const pieces: string[] = [];
      for (let at = 0; at < document.length; at += pieces.at(-1)!.length) pieces.push(document.slice(at, at + 1 + lengths.next().value!));

      const { events, errors } = scan(pieces);

      assert.deepEqual(events, parse(document).events);
      assert.deepEqual(errors, parse(document).errors);
    }),
    { numRuns: 3000, seed: 5 },
  );
});

type Told = readonly (string | readonly [string, Readonly<Record<string, string>>])[];

function scan(pieces: readonly string[]): { readonly events: Told; readonly errors: readonly string[]; readonly isStopped: boolean } {
  const record = createRecord();
  const scanner = new XmlScanner(record);
  for (const [index, piece] of pieces.entries()) {
    const stop = scanner.write(piece) ?? (index === pieces.length - 1 ? scanner.end() : undefined);
    if (stop) return { ...parse(stop.rest + pieces.slice(index + 1).join(''), stop.before, record), isStopped: true };
  }
  return { ...(pieces.length === 0 ? parse('') : { events: record.told, errors: [] }), isStopped: false };
}

function parse(document: string, before = '', record = createRecord()): { readonly events: Told; readonly errors: readonly string[] } {
  const errors: string[] = [];
  const parser = new SaxesParser({ position: false });
  parser.write(before);
  // What is behind a fault is read by nobody.
  parser.on('error', ({ message }) => {
    if (!/entity|disallowed character|duplicate attribute/.test(message)) errors.push(message);
  });
  parser.on('opentag', ({ name, attributes }) => {
    const entries = Object.entries(attributes).map(([attribute, value]) => [attribute.slice(attribute.indexOf(':') + 1), value]);
    if (errors.length === 0) record.open(name.slice(name.indexOf(':') + 1), Object.fromEntries(entries) as Record<string, string>);
  });
  const onText = (text: string): void => {
    if (errors.length === 0) record.text(text);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', () => {
    if (errors.length === 0) record.close();
  });
  parser.write(document).close();
  // A text that a fault ends belongs to no element.
  const told = errors.length > 0 && record.endsWithText() ? record.told.slice(0, -1) : record.told;
  return { events: told, errors: errors.slice(0, 1) };
}

/** Texts in a row are one; those outside of the root are none. */
function createRecord(): XmlEvents & { readonly told: Told; endsWithText(): boolean } {
  const told: (string | readonly [string, Readonly<Record<string, string>>])[] = [];
  let depth = 0;
  let isText = false;
  const tell = (event: string | readonly [string, Readonly<Record<string, string>>]): void => {
    told.push(event);
    isText = false;
  };
  return {
    told,
    endsWithText: () => isText,
    open: (name, attributes) => {
      depth++;
      tell([name, attributes]);
    },
    text: (text) => {
      if (depth === 0 || text === '') return;
      if (isText) told.push(`${told.pop() as string}${text}`);
      else tell(text);
      isText = true;
    },
    close: () => {
      depth--;
      tell('close');
    },
  };
}
