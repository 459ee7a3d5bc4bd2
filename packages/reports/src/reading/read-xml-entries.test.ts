import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readXmlEntries } from './read-xml-entries.ts';
import type { XmlEntry, XmlLayout } from './read-xml-entries.ts';
import { holdReport } from './report-bytes.ts';
import { attributeOf, childText, deepText, wholeText } from './xml-element.ts';

const layout: XmlLayout = { entries: ['/r/host/item'], context: ['/r/host/properties'], tables: ['/r/glossary/term'] };

test('entries come with what leads to them, what stands before them and what the report explains behind them', async () => {
  const entries = await read(
    '<r><host name="a"><properties><os>x</os></properties><item id="1">one<b>two</b></item></host><host name="b"><item id="2"/></host><glossary><term id="1">T</term></glossary></r>',
  );

  assert.deepEqual(
    entries.map(({ element, parents, tables }) => [
      attributeOf(element, 'id'),
      element.text,
      childText(element, 'b'),
      attributeOf(parents[1], 'name'),
      childText(parents[1], 'properties', 'os'),
      Array.from(tables.get('/r/glossary/term')!, ({ text }) => text),
    ]),
    [
      ['1', 'one', 'two', 'a', 'x', ['T']],
      ['2', '', undefined, 'b', undefined, ['T']],
    ],
  );
});

test('the text of a description with markup is read in its order', async () => {
  const [entry] = await read('<r><host><item>The file <b>a<i>b</i>c</b> should be <i>d</i>.<br/>Now.</item></host></r>');

  assert.equal(wholeText(entry!.element), 'The file abc should be d.\nNow.');
});

test('prefixes of names, CDATA and declared encodings make no difference', async () => {
  const text =
    '<?xml version="1.0" encoding="ISO-8859-1"?><n:r xmlns:n="urn:x"><n:host><n:item n:id="7"><![CDATA[a < b]]> & \xe4</n:item></n:host></n:r>'.replace(
      ' & ',
      ' &amp; ',
    );

  const [entry] = await read(Buffer.from(text, 'latin1'));

  assert.equal(entry!.element.text, 'a < b & ä');
  assert.equal(attributeOf(entry!.element, 'id'), '7');
});

test('HTML is read although elements are not closed, values have no quotes and scripts compare', async () => {
  const text = `<!doctype html><html><head><meta charset=utf-8></head><body><table class=a><tr><td>one<br>two<td>&nbsp;</tr><tr><td>three${'<br>'.repeat(100)}</td></tr></table><script>if (1 < 2 && x) {}</script></body></html>`;
  const entries: XmlEntry[] = [];

  for await (const batch of readXmlEntries(holdReport(Buffer.from(text)), { entries: ['/html/body/table/tr'], isHtml: true }))
    entries.push(...batch);

  assert.deepEqual(
    entries.map(({ element, parents }) => [deepText(element), attributeOf(parents.at(-1), 'class')]),
    [
      ['one two\n&nbsp;', 'a'],
      ['three', 'a'],
    ],
  );
  await assert.rejects(read(text), { code: 'REPORT_UNREADABLE' });
});

test('P4 P5 a DOCTYPE declares nothing: no file is read, no entity grows', async () => {
  const entities = `<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "&a;&a;&a;"><!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY % remote SYSTEM "http://127.0.0.1:1/x"> %remote;`;

  const [entry] = await read(`<!DOCTYPE r [${entities}]><r><host><item>&b;&file;</item></host></r>`);

  assert.equal(entry!.element.text, '&b;&file;');
});

test('P6 depth, attributes, texts and elements are bounded', async () => {
  const attributes = Array.from({ length: 100_000 }, (_, index) => `a${index}=""`).join(' ');

  for (const text of [
    '<r>'.repeat(100_000),
    `<r ${attributes}></r>`,
    `<r a="${'x'.repeat(40 << 20)}"/>`,
    `<r><host><item>${'<a/>'.repeat(300_000)}</item></host></r>`,
    `<r><host>${'<properties/>'.repeat(300_000)}</host></r>`,
    `<r><glossary>${'<term/>'.repeat(600_000)}</glossary></r>`,
  ]) {
    await assert.rejects(read(text), { code: 'REPORT_TOO_LARGE' });
  }
});

test('P6 of a text of tens of megabytes the beginning is read, and so are the entries behind it', async () => {
  const long = `begins ${'x'.repeat(40 << 20)}`;

  const entries = await read(
    `<r><host><item><name>${long}</name></item><item><![CDATA[${long.slice(0, 20 << 20)}]]></item><item/></host></r>`,
  );

  const texts = entries.map(({ element }) => childText(element, 'name') ?? element.text);
  assert.deepEqual(texts, [long.slice(0, 1 << 20), long.slice(0, 1 << 20), '']);
});

test('P6 long texts that many entries refer to are cut: attributes of what leads to them, their context, and tables', async () => {
  const long = 'x'.repeat(100_000);
  const host = `<host name="${long}"><properties os="${long}"><name>${long}</name></properties><item/></host>`;

  const [entry] = await read(`<r>${host}<glossary><term id="${long}">${long}</term></glossary></r>`);

  const { parents, tables } = entry!;
  const properties = parents[1]!.children[0];
  const [term] = tables.get('/r/glossary/term')!;
  assert.deepEqual(
    [attributeOf(parents[1], 'name'), attributeOf(properties, 'os'), childText(properties, 'name'), attributeOf(term, 'id'), term!.text],
    Array(5).fill(long.slice(0, 32_768)),
  );
});

test('P17 what breaks off gives the entries before the break', async () => {
  const seen: unknown[] = [];
  for (const end of ['<item id="2">', '<<', '']) {
    await assert.rejects(
      async () => {
        for await (const batch of readXmlEntries(holdReport(Buffer.from(`<r><host><item id="1"/>${end}`)), { entries: ['/r/host/item'] })) {
          seen.push(...batch.map(({ element }) => attributeOf(element, 'id')));
        }
      },
      { code: 'REPORT_UNREADABLE' },
      end,
    );
  }

  assert.deepEqual(seen, ['1', '1', '1']);
});

test('characters that XML does not allow are replaced, and what is around them stays', async () => {
  const [entry] = await read('<r><host><item>a\u0000b\u001bc&#0;d</item></host></r>');

  assert.match(entry!.element.text, /^a\u{fffd}b\u{fffd}c.*d$/u);
});

async function read(text: string | Buffer): Promise<XmlEntry[]> {
  const entries: XmlEntry[] = [];
  for await (const batch of readXmlEntries(holdReport(Buffer.from(text as string)), layout)) entries.push(...batch);
  return entries;
}
