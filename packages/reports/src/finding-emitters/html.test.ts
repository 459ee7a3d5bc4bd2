import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { hostileTexts } from '../../test/a-report.ts';
import { aReportedFinding, emitFindings, listVariedFindings } from '../../test/a-reported-finding.ts';
import { attribute, listElements, textOf, type Element } from '../../test/html-elements.ts';
import { html } from './html.ts';

const reportOf = (text: string) =>
  aReportedFinding({
    title: text,
    description: text,
    remedy: text,
    rule: { id: text },
    tool: { name: text, format: text },
    package: { name: text, version: text, fixedVersions: [text] },
    location: { path: text },
    references: [text],
    suppression: { kind: 'suppressed', reason: text },
  });

test('the table has a row a finding with what, where, how bad and by whom', async () => {
  const elements = listElements(await emitFindings(html, listVariedFindings()));

  const rows = elements.filter((element) => attribute(element, 'data-severity') !== undefined);
  assert.equal(rows.length, 8);
  const text = textOf(rows[0]!);
  for (const part of [
    'critical',
    'Prototype pollution',
    'CVE-2019-10744',
    'lodash 4.17.11 in web/package-lock.json',
    'fixed in 4.17.12',
    'CWE-1321',
    'EPSS 0.05',
    'Acme',
  ])
    assert.ok(text.includes(part), part);
  assert.deepEqual(rows.map((row) => attribute(row, 'class')).filter(Boolean), ['excused']);
});

test('columns can be sorted by button and tell how they are sorted; severities sort by rank', async () => {
  const elements = listElements(await emitFindings(html, listVariedFindings()));

  const headings = elements.filter(({ tagName }) => tagName === 'th');
  assert.deepEqual(headings.map(textOf), ['Severity', 'Finding', 'Where', 'Kind', 'Tool']);
  for (const heading of headings) {
    assert.equal(attribute(heading, 'aria-sort'), 'none');
    assert.equal(attribute(heading, 'scope'), 'col');
    assert.equal((heading.childNodes[0] as Element).tagName, 'button');
  }
  assert.equal(
    attribute(
      elements.find((element) => attribute(element, 'data-key') !== undefined),
      'data-key',
    ),
    '0',
  );
});

test('P15: text of a report adds no element and no attribute', async () => {
  const shape = (elements: readonly Element[]): string[] =>
    elements.map(({ tagName, attrs }) => `${tagName} ${attrs.map(({ name }) => name).join(' ')}`);
  const harmless = shape(listElements(await emitFindings(html, [reportOf('harmless')])));

  for (const text of hostileTexts) {
    const elements = listElements(await emitFindings(html, [reportOf(text)]));

    if (text !== '') assert.deepEqual(shape(elements), harmless, JSON.stringify(text));
    assert.ok(!elements.some(({ tagName, attrs }) => tagName === 'img' || attrs.some(({ name }) => name.startsWith('on'))));
    assert.equal(elements.filter(({ tagName }) => tagName === 'a').length, 0);
  }
});

test('the page loads nothing, and its policy allows only its own style and script', async () => {
  const elements = listElements(await emitFindings(html, hostileTexts.map(reportOf)));

  const policy = attribute(
    elements.find((element) => attribute(element, 'http-equiv') === 'Content-Security-Policy'),
    'content',
  );
  const hashOf = (tag: string): string => {
    const [only, ...others] = elements.filter(({ tagName }) => tagName === tag);
    assert.deepEqual(others, []);
    return createHash('sha256').update(textOf(only!)).digest('base64');
  };
  assert.equal(
    policy,
    `default-src 'none'; style-src 'sha256-${hashOf('style')}'; script-src 'sha256-${hashOf('script')}'; base-uri 'none'; form-action 'none'`,
  );
  for (const { tagName, attrs } of elements) {
    assert.ok(!['link', 'img', 'iframe', 'object', 'embed', 'form', 'base'].includes(tagName));
    assert.ok(!attrs.some(({ name }) => name === 'style' || name === 'src'));
  }
});

test('nothing found is said, without a table and a script', async () => {
  const elements = listElements(await emitFindings(html, []));

  assert.ok(textOf(elements[0]!).includes('Nothing found.'));
  assert.equal(elements.filter(({ tagName }) => tagName === 'table' || tagName === 'script').length, 0);
});
