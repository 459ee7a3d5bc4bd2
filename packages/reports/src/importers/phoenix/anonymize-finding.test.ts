import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aReportedFinding } from '../../../test/a-reported-finding.ts';
import { anonymizeFinding } from './anonymize-finding.ts';

const found = aReportedFinding({
  title: 'Weak cipher on db1.corp.example',
  description: 'DB1.corp.example (192.168.7.20, fe80::1c2:3) answers; notdb1.corp.example does not. Update to 1.2.3.',
  location: { host: '192.168.7.20', port: 443 },
  asset: { type: 'host', name: 'db1.corp.example' },
  package: { name: 'openssl', version: '1.1.1.1' },
});

test('names and addresses of machines are pseudonyms, each always the same, and nothing else is another', () => {
  const hidden = anonymizeFinding(found, 'key');

  const [name, address] = [hidden.asset!.name, hidden.location!.host!];
  assert.match(name, /^host-[0-9a-f]{12}\.example$/);
  assert.match(address, /^10(?:\.\d{1,3}){3}$/);
  assert.equal(hidden.title, `Weak cipher on ${name}`);
  assert.match(
    hidden.description!,
    /^host-\w+\.example \(10\.[\d.]+, fd[0-9a-f:]+\) answers; notdb1\.corp\.example does not\. Update to 1\.2\.3\.$/,
  );
  assert.ok(hidden.description!.startsWith(`${name} (${address}, `));
  assert.deepEqual(hidden.package, found.package);
  assert.equal(hidden.fingerprint, found.fingerprint);
  assert.deepEqual(anonymizeFinding(found, 'key'), hidden);
});

test('another key gives other pseudonyms', () => {
  const [one, other] = [anonymizeFinding(found, 'key'), anonymizeFinding(found, 'other')];

  assert.notEqual(one.asset!.name, other.asset!.name);
  assert.notEqual(one.location!.host, other.location!.host);
});

test('a site is hidden in its address, and the way on it stays', () => {
  const site = aReportedFinding({
    location: { url: 'https://shop.example:8443/login?next=%2F' },
    asset: { type: 'web', name: 'https://shop.example:8443' },
  });

  const { location, asset } = anonymizeFinding(site, 'key');

  assert.match(location!.url!, /^https:\/\/host-[0-9a-f]{12}\.example:8443\/login\?next=%2F$/);
  assert.equal(asset!.name, new URL(location!.url!).origin);
});

test('what no machine is called stays: versions, times, names in code', () => {
  const other = aReportedFinding({
    title: 'In 1.2.3.4.5 since 10:20:30',
    description: 'std::vector',
    location: { path: 'src/a.ts', line: 3 },
    asset: { type: 'repository', name: 'shop' },
  });

  const hidden = anonymizeFinding(other, 'key');

  assert.deepEqual(hidden, other);
});
