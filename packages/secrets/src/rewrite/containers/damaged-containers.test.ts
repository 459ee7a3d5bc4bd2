import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { createRedactor } from '../redact.ts';
import { findInContent, redactContent } from './redact-container.ts';
import { runPython } from './test-python.ts';

const secret = ['tok', 'en_', 'q7Zebra81Kmv', 'Yw20Lp'].join('');
const redactor = createRedactor([{ value: secret, replacement: '***REMOVED***' }]);

const zip = runPython(`
out = io.BytesIO()
with zipfile.ZipFile(out, 'w') as z:
    z.writestr('a-${secret}.txt', 'key ${secret}', zipfile.ZIP_STORED)
    with z.open('b.txt', 'w', force_zip64=True) as f: f.write(b'${secret}')
    z.writestr('c.gz', gzip.compress(b'${secret}', mtime=0), zipfile.ZIP_DEFLATED)
    z.comment = b'${secret}'
give(out.getvalue())`);
const tar = runPython(`
out = io.BytesIO()
t = tarfile.open(fileobj=out, mode='w', format=tarfile.PAX_FORMAT)
for name in ['a', 'n' * 120, 'by-${secret}']:
    i = tarfile.TarInfo(name); i.size = 24; t.addfile(i, io.BytesIO(b'${secret}'))
t.close()
give(out.getvalue()[:8192])`);
const whole = [
  zip,
  tar,
  gzipSync(tar),
  gzipSync(`key ${secret}`),
  deflateSync(`key ${secret}`),
  Buffer.concat([gzipSync('a'), gzipSync(secret)]),
];

/** Changed bytes, often those that are sizes or kinds, and a cut. */
const damages = fc.record({
  container: fc.constantFrom(...whole),
  changes: fc.array(fc.record({ at: fc.nat(), value: fc.constantFrom(0, 1, 8, 0x7f, 0x80, 0xff, 0x50, 0x39) }), { maxLength: 4 }),
  cutAt: fc.option(fc.nat()),
});

test('however a container is damaged: it is cleaned, or it is whole as it was and told, or it seems to hold nothing', () => {
  fc.assert(
    fc.property(damages, ({ container, changes, cutAt }) => {
      const content = Buffer.from(container);
      for (const { at, value } of changes) content[at % content.length] = value;
      const damaged = cutAt === null ? content : content.subarray(0, cutAt % content.length);
      const before = Buffer.from(damaged);

      const { content: redacted, problem } = redactContent(damaged, redactor);

      assert.deepEqual(damaged, before);
      if (redacted) assert.equal(findInContent(redacted, redactor.contains), undefined);
      else if (problem === undefined) assert.equal(findInContent(damaged, redactor.contains), undefined);
    }),
    { numRuns: 400 },
  );
});
