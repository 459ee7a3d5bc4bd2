import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from '../detect/detector.ts';
import { createSampler } from './sampler.ts';

const sample = createSampler('kubernetes');
const password = `${sample.alnum(12)}4`;
const apiKey = `${sample.hex(32)}`;
const detector = createDetector({ enabledRules: ['kubernetes-secret'] });

test('every value of a manifest is found, whatever the order of its parts', () => {
  const kind = 'apiVersion: v1\nkind: Secret\n';
  const metadata = 'metadata:\n  name: db\n  labels:\n    app: x\n';
  const data = `data:\n  username: ${encode('admin')}\n  password: ${encode(password)}\n`;
  const stringData = `stringData:\n  api-key: "${apiKey}"\n`;

  for (const parts of [
    [kind, metadata, data, stringData],
    [data, stringData, metadata, kind],
    [stringData, kind, data, metadata],
  ]) {
    const manifest = `---\n${parts.join('')}---\nkind: ConfigMap\ndata:\n  password: ${encode('not-a-Secret-5')}\n`;
    assert.deepEqual(
      scan(manifest)
        .map(({ secret }) => secret)
        .sort(),
      [password, apiKey].sort(),
    );
  }
});

test('a decoded value has its encoding and the place of what stands in the file', () => {
  const manifest = `kind: Secret\ndata:\n  password: ${encode(`${password}\n`)}\n`;

  const [match] = scan(manifest);

  assert.deepEqual([match?.secret, match?.encodings], [password, ['base64']]);
  assert.equal(manifest.slice(match!.secretStart, match!.secretEnd), encode(`${password}\n`));
});

test('a list of Secrets in one document gives the values of all, each once', () => {
  const items = [password, apiKey].map((value) => `  - kind: Secret\n    data:\n      value: ${encode(value)}\n`);

  assert.deepEqual(
    scan(`kind: List\nitems:\n${items.join('')}`).map(({ secret }) => secret),
    [password, apiKey],
  );
});

test('JSON manifests are read as well', () => {
  const manifest = { apiVersion: 'v1', data: { password: encode(password) }, kind: 'Secret', stringData: { apiKey } };

  for (const text of [JSON.stringify(manifest), JSON.stringify(manifest, undefined, 2)]) {
    assert.deepEqual(
      scan(text).map(({ secret }) => secret),
      [password, apiKey],
    );
  }
});

function scan(text: string) {
  return detector.scan(Buffer.from(text, 'latin1')).filter((match) => !match.dropped);
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
