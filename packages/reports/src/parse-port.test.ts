import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePort } from './parse-port.ts';

test('a port is a number from 1 to 65535, alone or before its protocol; what stands for no port is none', () => {
  const ports = ['443', '53/udp', '65535', '0', '65536', 'general/tcp', '80a', '', undefined].map(parsePort);

  assert.deepEqual(ports, [443, 53, 65_535, undefined, undefined, undefined, undefined, undefined, undefined]);
});
