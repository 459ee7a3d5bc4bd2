import assert from 'node:assert/strict';
import test from 'node:test';
import { SaxesParser } from 'saxes';
import { hostileTexts } from '../../test/a-report.ts';
import { aReportedFinding, emitFindings, listVariedFindings } from '../../test/a-reported-finding.ts';
import { junit } from './junit.ts';

interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
}

function listElements(xml: string): Element[] {
  const elements: Element[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => elements.push({ name, attributes }));
  parser.on('error', (error) => assert.fail(error));
  parser.write(xml).close();
  return elements;
}

test('a finding is a failed test, one that does not count a skipped one, and the counts are right', async () => {
  const elements = listElements(await emitFindings(junit, listVariedFindings()));

  const count = (name: string): number => elements.filter((element) => element.name === name).length;
  assert.deepEqual([count('testcase'), count('failure'), count('skipped')], [8, 7, 1]);
  for (const { name, attributes } of elements)
    if (name.startsWith('testsuite'))
      assert.deepEqual([attributes['tests'], attributes['failures'], attributes['skipped']], ['8', '7', '1']);
  const [first] = elements.filter(({ name }) => name === 'testcase');
  assert.equal(first!.attributes['file'], 'web/package-lock.json');
  assert.match(first!.attributes['name']!, /lodash 4\.17\.11 in web\/package-lock\.json/);
});

test('without findings one test passed', async () => {
  const elements = listElements(await emitFindings(junit, []));

  assert.deepEqual(
    elements.map(({ name }) => name),
    ['testsuites', 'testsuite', 'testcase'],
  );
});

test('P15: whatever stands in a finding, it is XML of the same elements', async () => {
  for (const text of hostileTexts) {
    const finding = aReportedFinding({ title: text, description: text, rule: { id: text }, location: { path: text, line: 1 } });

    const elements = listElements(await emitFindings(junit, [finding]));

    assert.deepEqual(
      elements.map(({ name }) => name),
      ['testsuites', 'testsuite', 'testcase', 'failure'],
    );
  }
});
