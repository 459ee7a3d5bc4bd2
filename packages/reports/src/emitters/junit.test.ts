import assert from 'node:assert/strict';
import test from 'node:test';
import { SaxesParser } from 'saxes';
import { aFinding, aReport, emitText, hostileTexts } from '../../test/a-report.ts';
import { junit } from './junit.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** Throws when the document is not well formed. */
function readElements(xml: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: { ...attributes }, text: '' };
    elements.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return elements;
}

test('each finding is a failed test case of its rule', async () => {
  const elements = readElements(await emitText(junit, aReport([aFinding(), aFinding({ severity: 'low' })])));

  assert.deepEqual(
    elements.map(({ name }) => name),
    ['testsuites', 'testsuite', 'testcase', 'failure', 'testcase', 'failure'],
  );
  const [suites, suite, testCase, failure] = elements as [Element, Element, Element, Element];
  assert.equal(suites.attributes['failures'], '2');
  assert.equal(suite.attributes['tests'], '2');
  assert.equal(suite.attributes['name'], 'app');
  assert.equal(testCase.attributes['classname'], 'acme-token');
  assert.equal(testCase.attributes['file'], 'src/a.ts');
  assert.equal(testCase.attributes['line'], '3');
  assert.equal(failure.attributes['message'], 'high: Acme token');
  assert.match(failure.text, /Acme token in the file src\/a\.ts\./);
});

test('without findings there is one test, and it passed', async () => {
  const elements = readElements(await emitText(junit, aReport([])));

  assert.deepEqual(
    elements.map(({ name }) => name),
    ['testsuites', 'testsuite', 'testcase'],
  );
  assert.equal(elements[1]!.attributes['tests'], '1');
  assert.equal(elements[1]!.attributes['failures'], '0');
});

for (const text of hostileTexts) {
  test(`the document stays well formed around ${JSON.stringify(text)}`, async () => {
    const finding = aFinding({ title: text, description: text, ruleId: text, location: { path: text }, guidance: [text] });

    const xml = await emitText(junit, aReport([finding], { subject: { name: text } }));

    assert.equal(readElements(xml).length, 4);
    // XML 1.0 §2.2: these can stand nowhere in a document.
    assert.doesNotMatch(xml, /[\0-\x08\x0b\x0c\x0e-\x1f\uFFFE\uFFFF]/);
    assert.equal(xml.isWellFormed(), true);
  });
}
