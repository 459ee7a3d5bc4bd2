import assert from 'node:assert/strict';
import test from 'node:test';
import { isInRange } from './languages/is-in-range.ts';

test('a version is in a range of npm, or it is not', () => {
  const inside = [
    '22.1.0 >=20',
    '22.1.0 22',
    '22.1.0 22.x',
    '22.1.0 ^22.0.0',
    '22.1.0 ~22.1.0',
    '18.14.0 >=14 <19',
    '22 >=20',
    '22 ^22',
    '20.1.1 18 || 20',
  ];
  const also = ['22.1.0 *', 'v22.1.0 >= 20.4.0', '22.1.0 20 - 22', '22.1.0 <=22', '22.1.0 =22.1.0', '22.3.0 ~22', '21.0.0 >20'];
  const outside = [
    '18.0.0 >=20',
    '23.0.0 ^22',
    '22.2.0 ~22.1.0',
    '22 ^22.3.0',
    '22.1.0 >22',
    '22 <22.5.0',
    '19.0.0 18 || 20',
    '20.9.0 >20',
  ];
  const unknown = ['lts/* >=20', '22.1.0 latest', '22.1.0 >=', 'node >=20', '22.1.0-rc.1 >=20'];

  const test = (pair: string): boolean => isInRange(pair.slice(0, pair.indexOf(' ')), pair.slice(pair.indexOf(' ') + 1));
  assert.deepEqual(
    [...inside, ...also].filter((pair) => !test(pair)),
    [],
  );
  assert.deepEqual([...outside, ...unknown].filter(test), []);
});
