import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEgressPolicy } from './egress-policy.ts';
import { resolveChecked } from './resolve-checked.ts';

const publicAddresses = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2001:4860:4860::8888',
  '2a00:1450:4001::1',
  '2003::1',
  '::ffff:8.8.8.8',
];

/** Loopback and private networks, in every form that IPv6 lends them. */
const privateAddresses = [
  '127.0.0.1',
  '127.255.255.255',
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '192.168.255.255',
  '100.64.0.1',
  '100.127.255.255',
  '198.18.0.1',
  '198.19.255.255',
  '::1',
  '0:0:0:0:0:0:0:1',
  'fc00::1',
  'fd12:3456::1',
  'fdff:ffff::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '0:0:0:0:0:ffff:c0a8:1',
];

const neverAllowed = [
  '0.0.0.0',
  '0.1.2.3',
  '169.254.169.254',
  '169.254.0.1',
  '169.254.255.255',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.1',
  '192.0.0.192',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '192.88.99.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::2',
  '::7f00:1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:10::1',
  '2001:20::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:a00:1::1',
  '3fff::1',
  '5f00::1',
  'fe80::1',
  'fe80::1%lo',
  'febf::1',
  'fec0::1',
  'ff02::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::ffff:0.0.0.0',
  'ffff::1',
  '4000::1',
  'c000::1',
  '',
  'localhost',
  '127.1',
  '0x7f.1',
  '1.1.1.1.1',
  '1.1.1.1/8',
];

test('N1 public addresses are allowed and all others are not', () => {
  const policy = createEgressPolicy();

  assert.deepEqual(
    publicAddresses.filter((address) => !policy.isAllowed(address)),
    [],
  );
  assert.deepEqual(
    [...privateAddresses, ...neverAllowed].filter((address) => policy.isAllowed(address)),
    [],
  );
});

test('N1 one’s own network can be allowed, and metadata services stay out of reach', () => {
  const policy = createEgressPolicy({ allowPrivate: true });

  assert.deepEqual(
    [...publicAddresses, ...privateAddresses].filter((address) => !policy.isAllowed(address)),
    [],
  );
  assert.deepEqual(
    neverAllowed.filter((address) => policy.isAllowed(address)),
    [],
  );
});

test('exceptions are exact: that host, that address, that range', () => {
  const policy = createEgressPolicy({ allowHosts: ['Git.Internal.', '10.1.0.0/16', '169.254.169.254', 'fd00:1::/32'] });

  for (const [address, host] of [
    ['192.168.1.1', 'git.internal'],
    ['10.1.2.3', 'x'],
    ['::ffff:10.1.2.3', 'x'],
    ['169.254.169.254', 'x'],
    ['fd00:1::5', 'x'],
  ] as const) {
    assert.equal(policy.isAllowed(address, host), true, address);
  }
  for (const [address, host] of [
    ['192.168.1.1', 'evil.git.internal'],
    ['192.168.1.1', undefined],
    ['10.2.0.1', 'x'],
    ['169.254.169.253', 'x'],
    ['fd00:2::5', 'x'],
  ] as const) {
    assert.equal(policy.isAllowed(address, host), false, address);
  }
});

test('N1 numbers that the system takes for loopback are resolved before they are judged', async () => {
  const policy = createEgressPolicy();

  for (const host of [
    '127.1',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '0x7f000001',
    '2130706433',
    '0',
    'localhost',
    'LOCALHOST.',
    '[::1]',
    '::ffff:127.0.0.1',
    '017700000001',
  ]) {
    await assert.rejects(resolveChecked(policy, host), { code: 'ADDRESS_DENIED' }, host);
  }
});

test('N2 a name with one forbidden address among good ones is refused as a whole', async () => {
  const policy = createEgressPolicy({ lookup: async () => ['1.1.1.1', '10.0.0.1', '8.8.8.8'] });

  await assert.rejects(resolveChecked(policy, 'mixed.example'), { code: 'ADDRESS_DENIED' });
});

test('the addresses of a name come once each', async () => {
  const policy = createEgressPolicy({ lookup: async () => ['1.1.1.1', '1.1.1.1', '2606:4700::1'] });

  assert.deepEqual(await resolveChecked(policy, 'good.example'), ['1.1.1.1', '2606:4700::1']);
});

test('N4 a refusal does not tell the address', async () => {
  const policy = createEgressPolicy({ lookup: async () => ['10.20.30.40'] });

  await assert.rejects(resolveChecked(policy, 'inside.example'), (error: Error) => !error.message.includes('10.20.30.40'));
});

test('what is no host name is refused without asking', async () => {
  const policy = createEgressPolicy({ lookup: () => assert.fail('asked') });

  for (const host of ['', '-oProxyCommand=x', 'a b', 'a\nb', 'a\0b', 'a/b', 'user@host', 'a;b', '$(x)', 'x'.repeat(254), 'é']) {
    await assert.rejects(resolveChecked(policy, host), { code: 'HOST_INVALID' }, JSON.stringify(host));
  }
});

test('a name without addresses, or that the resolver does not know, is not found', async () => {
  const lookups = [async () => [], () => Promise.reject(new Error('ENOTFOUND'))];

  for (const lookup of lookups) {
    await assert.rejects(resolveChecked(createEgressPolicy({ lookup }), 'nothing.example'), { code: 'HOST_NOT_FOUND' });
  }
});

test('an exception that is none is refused, and named', () => {
  for (const entry of [
    '',
    'https://git.internal',
    'git.internal:443',
    'git internal',
    '*.internal',
    '10.0.0.0/33',
    '10.0.0.0/x',
    '10.0.0.0/',
    'fd00::/129',
    '10.0.0.0/8/8',
    '-host',
    'git.internal/8',
  ]) {
    assert.throws(
      () => createEgressPolicy({ allowHosts: [entry] }),
      { code: 'EXCEPTION_INVALID', message: new RegExp(`^"${escape(entry)}" `) },
      entry,
    );
  }
  for (const entry of ['git.internal', 'GIT.internal.', 'my_host', '10.0.0.1', '0.0.0.0/0', '::1', '[::1]', 'fd00::/8']) {
    assert.doesNotThrow(() => createEgressPolicy({ allowHosts: [entry] }), entry);
  }
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
