import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printPurl } from './build-sbom.ts';
import { readApkDatabase, readDpkgStatus, readOsRelease } from './read-system-packages.ts';

const debian = { id: 'debian', version: '12' };

test('what dpkg has installed is listed, and what it has removed is not', () => {
  const status = [
    'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nVersion: 2.36-9+deb12u7\nDescription: GNU C Library\n of many lines: with colons\n .',
    'Package: old\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1.0',
    'Package: tzdata\nStatus: hold ok installed\nArchitecture: all\nVersion: 2024a-0+deb12u1',
    'Package: epoch\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.0~rc1-3',
  ].join('\n\n');

  const purls = readDpkgStatus(status, debian).map(printPurl);

  // As the types `deb` and `apk` of https://github.com/package-url/purl-spec are written.
  assert.deepEqual(purls, [
    'pkg:deb/debian/libc6@2.36-9%2Bdeb12u7?arch=amd64&distro=debian-12',
    'pkg:deb/debian/tzdata@2024a-0%2Bdeb12u1?arch=all&distro=debian-12',
    'pkg:deb/debian/epoch@1:2.0~rc1-3?arch=amd64&distro=debian-12',
  ]);
});

test('what apk has installed is listed', () => {
  const database =
    'C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\nF:lib\nR:ld-musl-x86_64.so.1\n\nC:Q1def=\nP:busybox\nV:1.36.1-r29\nA:x86_64\n\n';

  const purls = readApkDatabase(database, { id: 'alpine', version: '3.20.3' }).map(printPurl);

  assert.deepEqual(purls, [
    'pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.3',
    'pkg:apk/alpine/busybox@1.36.1-r29?arch=x86_64&distro=alpine-3.20.3',
  ]);
});

test('which distribution it is says its os-release, quoted or not', () => {
  assert.deepEqual(readOsRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'), debian);
  assert.deepEqual(readOsRelease("ID='alpine'\nVERSION_ID=3.20.3\n"), { id: 'alpine', version: '3.20.3' });
  assert.deepEqual(readOsRelease('ID=debian\nNAME=sid\n'), { id: 'debian' });
  assert.equal(readOsRelease('NAME=something\n'), undefined);
  assert.equal(readOsRelease('ID="../../etc"\n'), undefined);
});

test('B6 names and versions that are none make no package', () => {
  const hostile = ['a b', '../x', 'a?arch=evil', 'a@1', '', 'x'.repeat(200)];

  const found = hostile.flatMap((name) => [
    ...readDpkgStatus(`Package: ${name}\nStatus: install ok installed\nVersion: 1`, debian),
    ...readDpkgStatus(`Package: fine\nStatus: install ok installed\nVersion: ${name}`, debian),
    ...readApkDatabase(`P:${name}\nV:1\n`, undefined),
  ]);

  assert.deepEqual(found, []);
});
