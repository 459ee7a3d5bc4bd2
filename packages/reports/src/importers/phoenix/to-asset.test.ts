import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReportedFinding } from '@deployguard/findings';
import { aReportedFinding } from '../../../test/a-reported-finding.ts';
import type { AssetType } from './phoenix-import.ts';
import { toAsset } from './to-asset.ts';

const told: readonly (readonly [Partial<ReportedFinding>, AssetType, Readonly<Record<string, string>>])[] = [
  [{ location: { path: 'a.ts', line: 1 } }, 'REPOSITORY', { repository: 'Nightly' }],
  [{ asset: { type: 'repository', name: 'org/app' }, location: { path: 'a.ts' } }, 'REPOSITORY', { repository: 'org/app' }],
  [{ asset: { type: 'image', name: 'app:1' } }, 'CONTAINER', { dockerfile: 'app:1' }],
  [{ asset: { type: 'build', name: 'app.apk' } }, 'BUILD', { buildFile: 'app.apk' }],
  [{ asset: { type: 'cloud', name: 'a-cluster' }, location: { resource: 'default/web' } }, 'REPOSITORY', { repository: 'a-cluster' }],
  [{ location: { url: 'https://Example.org:8443/a?b' } }, 'WEB', { fqdn: 'example.org' }],
  [{ location: { url: 'http://10.0.0.1/a' } }, 'WEB', { ip: '10.0.0.1' }],
  [{ asset: { type: 'web', name: 'https://example.org' } }, 'WEB', { fqdn: 'example.org' }],
  [{ location: { host: '10.0.0.1', port: 443 } }, 'INFRA', { ip: '10.0.0.1', hostname: '10.0.0.1' }],
  [{ location: { host: 'fe80::1' } }, 'INFRA', { ip: 'fe80::1', hostname: 'fe80::1' }],
  [
    { location: { host: '10.0.0.1' }, asset: { type: 'host', name: 'web-1.example.org' } },
    'INFRA',
    { ip: '10.0.0.1', hostname: 'web-1.example.org', fqdn: 'web-1.example.org' },
  ],
  [{ location: { host: 'web-1' } }, 'WEB', { fqdn: 'web-1' }],
  [{ asset: { type: 'host', name: '7' } }, 'WEB', { fqdn: '7' }],
  [
    { location: { resource: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-1' } },
    'CLOUD',
    {
      providerType: 'AWS',
      providerAccountId: '123456789012',
      providerResourceId: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-1',
      region: 'eu-west-1',
    },
  ],
  [
    { location: { resource: 'arn:aws:s3:::b', account: '123456789012' } },
    'CLOUD',
    { providerType: 'AWS', providerAccountId: '123456789012', providerResourceId: 'arn:aws:s3:::b' },
  ],
  [{ asset: { type: 'cloud', name: '123456789012' } }, 'CLOUD', { providerType: 'AWS', providerAccountId: '123456789012' }],
  [
    { location: { resource: '/subscriptions/0f00/resourceGroups/web/providers/x' } },
    'CLOUD',
    {
      providerType: 'AZURE',
      providerAccountId: '0f00',
      providerResourceId: '/subscriptions/0f00/resourceGroups/web/providers/x',
      region: 'unknown',
      resourceGroup: 'web',
    },
  ],
  [
    { location: { resource: '//compute.googleapis.com/projects/shop/zones/a', region: 'europe-west1' } },
    'CLOUD',
    {
      providerType: 'GCP',
      providerAccountId: 'shop',
      providerResourceId: '//compute.googleapis.com/projects/shop/zones/a',
      region: 'europe-west1',
    },
  ],
];

test('a finding tells what it is about', () => {
  for (const [changes, type, attributes] of told) {
    const asset = toAsset(aReportedFinding(changes), { assetName: 'Nightly', isNamed: false });

    assert.deepEqual('problem' in asset ? asset : [asset.type, asset.attributes], [type, attributes]);
  }
});

const asked: readonly (readonly [Partial<ReportedFinding>, AssetType, Readonly<Record<string, string>>])[] = [
  [{}, 'CODE', { scannerSource: 'web-1' }],
  [{ location: { path: 'pom.xml' } }, 'BUILD', { buildFile: 'pom.xml' }],
  [{ asset: { type: 'image', name: 'app:1' } }, 'REPOSITORY', { repository: 'app:1' }],
  [{}, 'INFRA', { hostname: 'web-1', fqdn: 'web-1' }],
  [{}, 'WEB', { fqdn: 'web-1' }],
  [{ location: { host: '10.0.0.1' } }, 'WEB', { ip: '10.0.0.1' }],
];

test('the type of asset can be chosen, and the asset named for findings that name none', () => {
  for (const [changes, assetType, attributes] of asked) {
    const asset = toAsset(aReportedFinding(changes), { assetType, assetName: 'web-1', isNamed: true });

    assert.deepEqual('problem' in asset ? asset : asset.attributes, attributes);
  }
});

test('the name of an assessment is no host', () => {
  for (const assetType of ['INFRA', 'WEB'] as const)
    assert.deepEqual(toAsset(aReportedFinding(), { assetType, assetName: 'Nightly', isNamed: false }), { problem: 'names no host' });
});
