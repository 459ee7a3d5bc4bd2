import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { hostileTexts } from '../../test/a-report.ts';
import { aReportedFinding, emitFindings, listVariedFindings } from '../../test/a-reported-finding.ts';
import { readBack } from '../../test/read-back.ts';
import { cyclonedx } from './cyclonedx.ts';

// The official schemas of CycloneDX, as its own library brings them.
const schemas = join(dirname(fileURLToPath(import.meta.resolve('@cyclonedx/cyclonedx-library/package.json'))), 'res', 'schema');
const load = (name: string): object => JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
const ajv = new Ajv({ strict: false, formats: { 'iri-reference': true, 'idn-email': true } });
addFormats.default(ajv);
for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
  ajv.addSchema(load(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
const validate = ajv.compile(load('bom-1.6'));

test('documents are valid by the schema of CycloneDX 1.6, whatever stands in the findings', async () => {
  const hostile = hostileTexts.map((text) =>
    aReportedFinding({
      kind: 'vulnerability',
      title: text,
      description: text,
      rule: { id: text || 'x', helpUri: text },
      package: { name: text || 'x', version: text || '1' },
      references: [text],
      suppression: { kind: 'suppressed', reason: text },
    }),
  );

  for (const findings of [listVariedFindings(), hostile, []]) {
    const document: unknown = JSON.parse(await emitFindings(cyclonedx, findings));

    assert.ok(validate(document), JSON.stringify(validate.errors));
  }
});

test('vulnerabilities come back with package, ids, scores and what was said of them', async () => {
  const [vulnerability] = listVariedFindings();
  const finding = { ...vulnerability!, suppression: { kind: 'not-affected', reason: 'never called' } as const };

  const [read, ...others] = await readBack(await emitFindings(cyclonedx, [finding]));

  assert.deepEqual(others, []);
  assert.deepEqual(read!.aliases, finding.aliases);
  assert.deepEqual(read!.cwes, finding.cwes);
  assert.deepEqual(read!.cvss, finding.cvss);
  assert.equal(read!.severity.label, 'critical');
  assert.equal(read!.package!.purl, 'pkg:npm/lodash@4.17.11');
  assert.deepEqual(read!.suppression, finding.suppression);
});

test('only vulnerabilities have a place there', () => {
  assert.deepEqual(
    listVariedFindings()
      .filter((finding) => cyclonedx.holds!(finding))
      .map(({ kind }) => kind),
    ['vulnerability', 'vulnerability'],
  );
});
