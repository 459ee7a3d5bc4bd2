import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toSite } from './to-site.ts';

test('the site of an address is its scheme, host and port; what is no web address has none', () => {
  const sites = ['https://shop.example:8443/a?b=1', 'http://shop.example:80/', 'ftp://shop.example/', 'shop.example', undefined].map(
    (address) => toSite(address)?.name,
  );

  assert.deepEqual(sites, ['https://shop.example:8443', 'http://shop.example', undefined, undefined, undefined]);
});
