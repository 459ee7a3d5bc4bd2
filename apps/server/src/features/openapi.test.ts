import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildOpenApiText, openApiFile } from './openapi-file.ts';

test('the committed OpenAPI document is what the features offer (else: npm run openapi --workspace @deployguard/server)', () => {
  assert.equal(readFileSync(openApiFile, 'utf8'), buildOpenApiText());
});
