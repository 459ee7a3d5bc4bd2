import { openLocalRepository } from '@deployguard/git';
import { rmSync } from 'node:fs';
import { rewriteRepository } from '../rewrite/rewrite-repository.ts';
import { proveRepository } from './prove-repository.ts';
const [dir, ...values] = process.argv.slice(2);
await using source = await openLocalRepository(dir!, { workDirectory: '/tmp/G/work' });
console.log(source.obstacles);
const out = '/tmp/G/out.git';
rmSync(out, { recursive: true, force: true });
let t = performance.now();
const rewrite = await rewriteRepository(source, {
  values: values.map((value) => ({ value, replacement: '***REMOVED***' })),
  outputDirectory: out,
});
console.log('rewrite', ((performance.now() - t) / 1000).toFixed(2));
t = performance.now();
const proof = await proveRepository(out, {
  name: 'x',
  tool: { name: 'deployguard', version: '0' },
  now: new Date(),
  workDirectory: '/tmp/G/work',
  facts: { source, rewrite },
  mapsDirectory: '/tmp/G/maps',
  values: values.map((value) => ({ value, hash: 'a'.repeat(64) })),
});
console.log('prove', ((performance.now() - t) / 1000).toFixed(2), process.resourceUsage().maxRSS / 1024, 'MB');
console.log(
  proof.verdict,
  proof.checks,
  proof.found.count,
  proof.found.places.slice(0, 6),
  JSON.stringify(proof.rewrite, null, 1).slice(0, 700),
  proof.limitations.unopened.slice(0, 5),
  proof.limitations.unopenedCount,
  proof.limitations.notCleanable.slice(0, 5),
);
