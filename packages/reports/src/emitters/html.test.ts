import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { aFinding, aReport, emitText, hostileTexts } from '../../test/a-report.ts';
import { attribute, listElements, textOf, type Element } from '../../test/html-elements.ts';
import { html } from './html.ts';

test('a page tells what was found and where, and what to do', async () => {
  const commit = {
    id: 'c'.repeat(40),
    authorName: 'Jane Doe',
    authorEmail: 'jane@example.org',
    date: '2026-01-31T10:00:00Z',
    subject: 'settings',
  };
  const finding = aFinding({
    location: { path: 'src/a.ts', line: 3, commit },
    guidance: ['Revoke it.'],
    references: ['https://example.org/revoke'],
  });

  const elements = listElements(await emitText(html, aReport([finding])));

  const card = elements.find((element) => attribute(element, 'id') === 'finding-0123456789abcdef');
  assert.ok(card);
  const text = textOf(card);
  for (const part of ['high', 'Acme token', 'src/a.ts:3', 'cccccccccccc', '2026-01-31', 'Jane Doe', 'Revoke it.'])
    assert.ok(text.includes(part), part);
  assert.equal(
    attribute(
      elements.find(({ tagName }) => tagName === 'a'),
      'href',
    ),
    'https://example.org/revoke',
  );
});

test('P15: text of a repository adds no element and no attribute', async () => {
  const harmless = listElements(await emitText(html, aReport([reportOf('harmless')], { subject: { name: 'harmless' } })));
  const shape = (elements: readonly Element[]): string[] =>
    elements.map(({ tagName, attrs }) => `${tagName} ${attrs.map(({ name }) => name).join(' ')}`);

  for (const text of hostileTexts) {
    const elements = listElements(await emitText(html, aReport([reportOf(text)], { subject: { name: text } })));

    assert.deepEqual(shape(elements), shape(harmless), JSON.stringify(text));
  }

  function reportOf(text: string) {
    const commit = { id: text, authorName: text, authorEmail: text, date: text, subject: text };
    return aFinding({
      id: text,
      title: text,
      description: text,
      ruleId: text,
      location: { path: text, commit },
      guidance: [text],
      references: [text],
      details: { text },
    });
  }
});

test('P15: a reference that is no web address is no link', async () => {
  const references = [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'https://',
    'vbscript:x',
    '//example.org',
  ];

  const elements = listElements(await emitText(html, aReport([aFinding({ references })])));

  assert.equal(elements.filter(({ tagName }) => tagName === 'a').length, 0);
});

test('the page runs nothing, loads nothing, and its policy allows only its own style', async () => {
  const page = await emitText(html, aReport(hostileTexts.map((text) => aFinding({ title: text }))));
  const elements = listElements(page);

  const style = elements.filter(({ tagName }) => tagName === 'style');
  assert.equal(style.length, 1);
  const policy = elements.find((element) => attribute(element, 'http-equiv') === 'Content-Security-Policy');
  const hash = createHash('sha256').update(textOf(style[0]!)).digest('base64');
  assert.ok(attribute(policy, 'content')?.startsWith(`default-src 'none'; style-src 'sha256-${hash}'`));
  const loading = new Set(['script', 'link', 'img', 'iframe', 'object', 'embed', 'form', 'base', 'svg', 'video']);
  assert.deepEqual(
    elements.filter(({ tagName }) => loading.has(tagName)),
    [],
  );
  for (const { attrs } of elements) assert.ok(!attrs.some(({ name }) => name.startsWith('on') || name === 'style' || name === 'src'));
});

test('what reorders or hides text is written out', async () => {
  const page = await emitText(html, aReport([aFinding({ location: { path: 'rtl \u202Egnp.exe \u0007' } })]));

  assert.ok(page.includes('rtl \\u202egnp.exe \\x07'));
  assert.ok(!page.includes('\u202E'));
});

test('a report without findings says so, and tells what was read', async () => {
  const coverage = {
    objects: { blob: { seen: 12, scanned: 11, bytes: 3456 } },
    refs: 3,
    skipped: [{ what: 'blob', reason: 'too <large>', count: 1 }],
  };

  const text = listElements(await emitText(html, aReport([], { coverage }))).map(textOf)[0]!;

  for (const part of ['Nothing found.', '11 of 12', '3,456 bytes', '1 blob: too <large>']) assert.ok(text.includes(part), part);
});
