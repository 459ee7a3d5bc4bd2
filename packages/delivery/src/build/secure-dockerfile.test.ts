import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BaseImages } from './base-images.ts';
import { listRegistrySecrets } from './package-registries.ts';
import { secureDockerfile } from './secure-dockerfile.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const baseImages: BaseImages = {
  map: { node: `registry.example/base/node@${digest}`, debian: 'registry.example/base/debian:12' },
  registries: [],
};
const node = `FROM registry.example/base/node@${digest}`;

test('a Dockerfile is written anew on the images that stand for its own, one instruction a line', () => {
  const { text, remarks } = secureDockerfile(
    lines(
      '# syntax=docker/dockerfile:1.7',
      '# a comment',
      'ARG VERSION=22 # not a comment',
      'arg FLAVOUR=-slim',
      'from --platform=$BUILDPLATFORM node:${FLAVOUR:-x} as Build',
      'RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc npm ci \\',
      '   # in between',
      '',
      '  && npm run build',
      'FROM debian',
      'COPY --chown=1:1 --from=build /app /app',
      'COPY --from=0 /app /app',
      'COPY --from=node:22 /usr/local/bin/node /usr/local/bin/',
      'CMD ["./app", "<<EOF"]',
    )
      .replace('ARG VERSION=22 # not a comment', 'ARG VERSION=22')
      .replace('${FLAVOUR:-x}', '$VERSION'),
    { baseImages },
  );

  assert.deepEqual(text.split('\n'), [
    'ARG VERSION=22',
    'ARG FLAVOUR=-slim',
    `${node} AS stage-0-build`,
    'RUN --mount=type=secret,id=npmrc npm ci   && npm run build',
    'FROM registry.example/base/debian:12 AS stage-1',
    'COPY --chown=1:1 --from=stage-0-build /app /app',
    'COPY --from=stage-0-build /app /app',
    `COPY --from=registry.example/base/node@${digest} /usr/local/bin/node /usr/local/bin/`,
    'CMD ["./app", "<<EOF"]',
    '',
  ]);
  assert.equal(remarks.length, 2);
});

test('what steps make is told apart by whose it is, and by what its commands mount from the context', () => {
  const identify = (path: string): string => `id-of-${path}`;
  const { text } = secureDockerfile(
    lines(
      'FROM node AS build',
      'RUN --mount=type=bind,source=./lists//a.txt,target=/a --mount=target=/all,type=bind --mount=type=cache,target=/b npm ci',
      'RUN --mount=type=bind,src=dir/,target=/a <<EOF',
      'make',
      'EOF',
      'RUN echo plain',
      'ONBUILD RUN --mount=type=bind,source=b.txt,target=/b cat /b',
      'FROM build',
      'FROM scratch',
    ),
    { baseImages, cache: { owner: 'localhost/of/app', identify } },
  );

  assert.deepEqual(text.trimEnd().split('\n'), [
    `${node} AS stage-0-build`,
    'LABEL io.deployguard.images=localhost/of/app',
    'ARG DEPLOYGUARD_MOUNTED=id-of-lists/a.txt,id-of-.',
    'RUN --mount=type=bind,source=./lists//a.txt,target=/a,ro --mount=target=/all,type=bind,ro npm ci',
    'ARG DEPLOYGUARD_MOUNTED=id-of-dir',
    'RUN --mount=type=bind,source=dir/,target=/a,ro ["/bin/sh","-c","make\\n"]',
    'RUN echo plain',
    'ONBUILD ARG DEPLOYGUARD_MOUNTED=id-of-b.txt',
    'ONBUILD RUN --mount=type=bind,source=b.txt,target=/b,ro cat /b',
    'FROM stage-0-build AS stage-1',
    'FROM scratch AS stage-2',
    'LABEL io.deployguard.images=localhost/of/app',
  ]);
});

test('every RUN finds the settings of package registries: their places as arguments, which no image keeps, and never a value', () => {
  const { text } = secureDockerfile(lines('FROM node AS build', 'RUN npm ci', 'FROM scratch', 'COPY --from=build /app /', 'RUN ["/app"]'), {
    baseImages,
    secrets: listRegistrySecrets({ npmrc: 'secret-1', cargoConfig: 'secret-2', goProxy: 'secret-3' }),
  });

  const mounts =
    '--mount=type=secret,id=npmrc,target=/run/secrets/npmrc,mode=0444 --mount=type=secret,id=cargo.toml,target=/root/.cargo/config.toml,mode=0444';
  const places = 'ARG npm_config_userconfig=/run/secrets/npmrc';
  assert.deepEqual(text.split('\n'), [
    `${node} AS stage-0-build`,
    places,
    `RUN ${mounts} npm ci`,
    'FROM scratch AS stage-1',
    places,
    'COPY --from=stage-0-build /app /',
    `RUN ${mounts} ["/app"]`,
    '',
  ]);
});

test('a script in a here-document becomes one command, whatever is in it', () => {
  const { text } = secureDockerfile(
    lines('FROM node', 'SHELL ["/bin/bash", "-ec"]', "RUN <<'EOF'", 'FROM evil', 'echo "$HOME" \\', '  <<X', 'EOF', 'USER 1'),
    { baseImages },
  );

  const command = JSON.stringify(['/bin/bash', '-ec', 'FROM evil\necho "$HOME" \\\n  <<X\n']).replaceAll('<', String.raw`\u003c`);
  assert.deepEqual(text.split('\n'), [`${node} AS stage-0`, 'SHELL ["/bin/bash", "-ec"]', `RUN ${command}`, 'USER 1', '']);
});

test('commands in shell form run by the shell of their stage, which stages that are built on it take over; Podman reads no SHELL', () => {
  const { text } = secureDockerfile(
    lines(
      'FROM node AS build',
      'RUN echo "$0" | cat',
      'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
      'ONBUILD SHELL ["/bin/zsh", "-c"]',
      'RUN --network=none curl "$ADDRESS" \\',
      '  | tar x <x',
      'RUN ["tar", "x"]',
      'ENTRYPOINT exec node',
      'FROM debian',
      'RUN plain',
      'FROM build',
      'CMD echo $HOME',
    ),
    { baseImages },
  );

  assert.deepEqual(text.trimEnd().split('\n'), [
    `${node} AS stage-0-build`,
    'RUN echo "$0" | cat',
    'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
    'ONBUILD SHELL ["/bin/zsh", "-c"]',
    String.raw`RUN --network=none ["/bin/bash","-o","pipefail","-c","curl \"$ADDRESS\"   | tar x \u003cx"]`,
    'RUN ["tar", "x"]',
    'ENTRYPOINT ["/bin/bash","-o","pipefail","-c","exec node"]',
    'FROM registry.example/base/debian:12 AS stage-1',
    'RUN plain',
    'FROM stage-0-build AS stage-2',
    'CMD ["/bin/bash","-o","pipefail","-c","echo $HOME"]',
  ]);
});

test('--link, which older engines refuse and which changes nothing in the result, is left out with one remark', () => {
  const { text, remarks } = secureDockerfile(
    lines('FROM debian AS a', 'FROM debian', 'COPY --link --from=a /a /', 'ADD --chown=1:1 --link=true b.tar /', 'COPY --link=false c /'),
    { baseImages },
  );

  assert.deepEqual(text.split('\n').slice(2), ['COPY --from=stage-0-a /a /', 'ADD --chown=1:1 b.tar /', 'COPY c /', '']);
  assert.equal(remarks.length, 1);
});

test('B1 B2 B3 what asks for more than a build may have is refused with its line and reason', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['RUN --mount=type=bind,from=debian,source=/,target=/host id', /mounts what is not in its context/],
    ['RUN --mount=type=bind,source=/,target=/host id', /mounts what is not in its context/],
    ['RUN --mount=source=../..,target=/host id', /mounts what is not in its context/],
    ['RUN --mount=type=bind,source=.,target=/x,rw id', /mounts what is not in its context/],
    ['RUN --mount=type=bind,source=.,target=/x,readonly=false id', /mounts what is not in its context/],
    ['RUN --mount=type=ssh id', /mounts/],
    ['RUN --mount=type=bind,nosuid,source=.,target=/x ln -s / /x/evil', /its mount has an option that a build may not set: nosuid/],
    ['RUN --mount=target=/x,NoDev id', /a build may not set: nodev/],
    ['RUN --mount=target=/x,noexec=1 id', /a build may not set: noexec/],
    ['RUN --mount=type=bind,bind-propagation=rshared,target=/x id', /a build may not set: bind-propagation/],
    ['RUN --mount=type=bind,target=/x,U id', /a build may not set: u \(/],
    ['RUN --mount=type=bind,target=/x,relabel=shared id', /a build may not set: relabel/],
    ['RUN --mount=type=bind,target=/x,z id', /a build may not set: z \(/],
    ['RUN --mount=type=bind,target=/x,shared id', /a build may not set: shared/],
    ['RUN --mount=type=secret,id=npmrc,nosuid id', /a build may not set: nosuid/],
    ['RUN --mount=type=tmpfs,target=/x,bind-propagation=shared id', /a build may not set: bind-propagation/],
    ['RUN --mount=type=tmpfs,target=/x,source=/ id', /a build may not set: source/],
    ['RUN --mount=type=bind,target=/x,dst=/y id', /says the same twice/],
    ['RUN --mount=type=bind,target=/x,ro,readonly id', /says the same twice/],
    ['ONBUILD RUN --mount=type=bind,nosuid,source=.,target=/x id', /a build may not set: nosuid/],
    ['RUN --mount=type=$T,target=/x id', /depends on an argument/],
    ['RUN --Mount="type=bind,source=/ ,target=/x" id', /flags cannot be read/],
    ["RUN --mount='type=bind,source=/,target=/x' id", /flags cannot be read/],
    [String.raw`RUN --mou\nt=type=bind,source=/,target=/x id`, /flags cannot be read/],
    ['RUN --security=insecure mount', /more than a build may have/],
    ['RUN --network=host curl http://169.254.169.254', /network of the machine/],
    ['RUN --device=/dev/sda id', /more than a build may have/],
    ['RUN \\\n --security=insecure mount', /more than a build may have/],
    ['ADD http://example.com/x.tar /', /fetches from an address/],
    ['ADD HTTPS://example.com/x.tar /', /fetches from an address/],
    ['ADD --checksum=sha256:00 https://example.com/x /', /fetches from an address/],
    ['ADD ["https://example.com/x", "/"]', /fetches from an address/],
    ['ADD git@example.com:x/y.git /', /fetches from an address/],
    ['ADD github.com/x/y /', /fetches from an address/],
    ['ADD me@example.com:x/y /', /fetches from an address/],
    ['ADD $ADDRESS /', /quotes, escapes or variables/],
    [String.raw`ADD http:\//127.0.0.1/x /`, /quotes, escapes or variables/],
    ['ADD http":"//127.0.0.1/x /', /quotes, escapes or variables/],
    ["ADD 'http:'//127.0.0.1/x /", /quotes, escapes or variables/],
    [String.raw`ADD ["http:\\/\\/127.0.0.1/x","/"]`, /quotes, escapes or variables/],
    [String.raw`ADD ["http:\u002f\u002f127.0.0.1/x","/"]`, /fetches from an address/],
    ['ONBUILD ADD http":"//127.0.0.1/x /', /quotes, escapes or variables/],
    ['RUN --mount=type=bind,source=.,src=../..,target=/x id', /says the same twice/],
    ['RUN --mount=type=tmpfs,target=/x,type=bind id', /says the same twice/],
    ['ONBUILD ADD http://example.com/x /', /fetches from an address/],
    ['ONBUILD RUN --mount=type=bind,source=/,target=/x id', /mounts/],
    ['ONBUILD FROM debian', /ONBUILD cannot be read/],
    ['COPY --from=$STAGE / /', /stage that is not named/],
    ['COPY <<EOF /x\ntext\nEOF', /here-document/],
    ['RUN cat <<EOF > /x\ntext\nEOF', /here-document/],
    ['RUN echo \u0085--mount=type=bind', /control characters/],
    ['RUN echo \r USER 0', /control characters/],
    ['INCLUDE other', /no instruction/],
    ['RUN echo \\\\', /ends in the middle/],
  ];

  for (const [instruction, message] of refused)
    assert.throws(
      () => secureDockerfile(lines('FROM node', 'USER 1', instruction), { baseImages }),
      { code: 'DOCKERFILE_REFUSED', message },
      instruction,
    );
  assert.throws(() => secureDockerfile('USER 1', { baseImages }), { message: /no FROM/ });
  assert.throws(() => secureDockerfile('# escape=`\nFROM node', { baseImages }), { message: /escape/ });
  assert.throws(() => secureDockerfile('# syntax=evil.example/frontend\nFROM node', { baseImages }), {
    message: /line 1: it asks for a program/,
  });
  assert.throws(() => secureDockerfile('FROM node\n\nADD http://x /', { baseImages }), { message: /line 3/ });
});

test('B2 a mount is written anew by the options that its type has, and that of the context cannot be written', () => {
  const mounts = [
    ['--mount=Type=bind,SRC=a,dst=/a', '--mount=type=bind,source=a,target=/a,ro'],
    ['--mount=type=bind,destination=/a,readonly', '--mount=type=bind,target=/a,ro'],
    ['--mount=target=/a,ro=true', '--mount=target=/a,ro'],
    ['--mount=type=secret,id=npmrc,required=true,mode=0444,uid=1,gid=1,dst=/a', undefined],
    ['--mount=type=tmpfs,target=/a,tmpfs-size=1m,tmpfs-mode=1777', undefined],
    ['--mount=type=tmpfs,target=/a,size=1m', undefined],
  ] as const;

  for (const [mount, written = mount.replace('dst=', 'target=')] of mounts)
    assert.equal(secureDockerfile(lines('FROM node', `RUN ${mount} id`), { baseImages }).text.split('\n')[1], `RUN ${written} id`);
});

test('B2 a directory of the kernel, where one of the machine may be open, is nowhere to begin in, however it is named', () => {
  for (const [line, ...instructions] of [
    [2, 'WORKDIR /proc/self/fd/8'],
    [2, 'WORKDIR /proc/self/fd/8/../../..'],
    [2, 'WORKDIR proc/self/fd/8'],
    [2, 'WORKDIR ../proc/1/root'],
    [2, String.raw`WORKDIR //pr\oc/./self`],
    [2, 'WORKDIR "/proc"/self/cwd'],
    [2, 'WORKDIR /sys'],
    [2, 'WORKDIR /dev/fd/8'],
    [3, 'WORKDIR /app', 'WORKDIR ../dev'],
    [3, 'WORKDIR /', 'WORKDIR proc/self/fd/8'],
    [2, 'WORKDIR ${NONE:-/proc/self/fd/8}'],
    [3, 'ENV HERE=/proc/self/fd/8 OTHER=1', 'WORKDIR $HERE'],
    [3, 'ENV HERE "/proc/self/fd/8"', 'WORKDIR $HERE'],
    [4, 'ARG FIRST=/proc', 'ENV HERE=${FIRST}/self/fd/8', 'WORKDIR ${HERE}'],
    [2, 'ONBUILD WORKDIR /proc/self/fd/8'],
    [2, `WORKDIR /${'a/'.repeat(3000)}`],
  ] as const) {
    assert.throws(
      () => secureDockerfile(lines('FROM node', ...instructions), { baseImages }),
      { code: 'DOCKERFILE_REFUSED', message: new RegExp(`line ${line}: its WORKDIR (lies in /proc, /sys or /dev|is longer than)`) },
      instructions.join('\n'),
    );
  }
});

test('a directory is left where it is, though it is called like one of the kernel', () => {
  const text = lines(
    'FROM node AS build',
    'ENV LOG=/dev/stdout HOME=/srv/dev PROC=process',
    'WORKDIR dev',
    'WORKDIR /devices',
    'WORKDIR ../app',
    'WORKDIR dev/proc',
    'WORKDIR $HOME/sys',
    'WORKDIR ${PROC}',
    'WORKDIR "/with space"',
  );

  assert.deepEqual(secureDockerfile(text, { baseImages }).text.split('\n').slice(1, -1), text.split('\n').slice(1));
});

test('B7 bases outside of the map are refused, however they are named', () => {
  for (const name of [
    'alpine',
    'evil.example/node',
    'evil.example:5000/library/node:22',
    'localhost/other-tenant/app',
    'docker-archive:/etc/passwd',
    'oci:/var/lib/x',
    'dir:/etc',
    'containers-storage:node',
    'nodejs',
    'library/nodes',
    '../node',
    '/node',
    'NODE',
    '1234',
    '$UNKNOWN',
    '${UNKNOWN}',
    '"node"',
  ]) {
    assert.throws(
      () => secureDockerfile(`FROM ${name}`, { baseImages }),
      ({ code }: { code: string }) => code === 'BASE_IMAGE_REFUSED' || code === 'DOCKERFILE_REFUSED',
      name,
    );
    assert.throws(() => secureDockerfile(lines('FROM node', `COPY --from=${name} / /`), { baseImages }), name);
  }
});

test('an argument of the build that names an image is held against the map too', () => {
  const dockerfile = lines('ARG BASE=node', 'FROM ${BASE}');

  assert.match(secureDockerfile(dockerfile, { baseImages }).text, new RegExp(`^${node} AS stage-0$`, 'm'));
  assert.throws(() => secureDockerfile(dockerfile, { baseImages, variables: { BASE: 'evil.example/x' } }), { code: 'BASE_IMAGE_REFUSED' });
});

test('arguments before the first stage are several on a line, and their defaults made of those before, but for what is in single quotes', () => {
  const choose = (argument: string, from: string, variables = {}): string =>
    secureDockerfile(lines('ARG VERSION=22', argument, `FROM ${from}`), {
      baseImages: { map: {}, registries: ['docker.io'] },
      variables,
    }).text.split('\n')[2]!;
  const chosen: readonly (readonly [argument: string, from: string, image: string])[] = [
    ['ARG BUILDER="hexpm/elixir:${VERSION}-x"', '${BUILDER}', 'hexpm/elixir:22-x'],
    ['ARG BUILDER=node:$VERSION-slim', '$BUILDER', 'library/node:22-slim'],
    ['ARG VERSION=20 FLAVOUR="-slim" NOTE="a b" IMAGE=node:"$VERSION"$FLAVOUR', '$IMAGE', 'library/node:20-slim'],
    ['ARG NONE', 'node:${NONE-20}${NONE:--slim}', 'library/node:20-slim'],
    ['ARG EMPTY=', 'node:20${EMPTY}${EMPTY--slim}', 'library/node:20'],
    ['ARG EMPTY=""', 'node:${EMPTY:-20}', 'library/node:20'],
  ];
  const refused: readonly (readonly [argument: string, from: string])[] = [
    ["ARG IMAGE='node:${VERSION}'", '$IMAGE'],
    ["ARG HIDDEN='$VERSION' IMAGE=node:$HIDDEN", '$IMAGE'],
    ['ARG IMAGE=node:$LATER LATER=1', '$IMAGE'],
    ['ARG IMAGE="node:22', '$IMAGE'],
    [String.raw`ARG IMAGE=no\de:22`, '$IMAGE'],
    ['ARG IMAGE="node:22 other"', '$IMAGE'],
    ['ARG EMPTY=', '$EMPTY'],
  ];

  for (const [argument, from, image] of chosen) assert.equal(choose(argument, from), `FROM docker.io/${image} AS stage-0`, argument);
  assert.equal(choose('ARG IMAGE=node:$VERSION', '$IMAGE', { VERSION: '18' }), 'FROM docker.io/library/node:18 AS stage-0');
  for (const [argument, from] of refused)
    assert.throws(() => choose(argument, from), /names no image|no name of an image|FROM cannot be read/, argument);
  assert.throws(() => choose('ARG HOST=evil.example IMAGE=$HOST/x', '$IMAGE'), { code: 'BASE_IMAGE_REFUSED' });
});

test('a command may end in a backtick', () => {
  const command = 'RUN apt-get install -y linux-headers-`uname -r`';

  assert.equal(
    secureDockerfile(lines('FROM node', command, 'USER 1'), { baseImages }).text,
    lines(`${node} AS stage-0`, command, 'USER 1', ''),
  );
  assert.throws(() => secureDockerfile('FROM node`', { baseImages }), { code: 'DOCKERFILE_REFUSED' });
});

test('a stage that is called like an image is the stage', () => {
  assert.deepEqual(
    secureDockerfile(lines('FROM debian AS alpine', 'FROM Alpine'), { baseImages }).text,
    lines('FROM registry.example/base/debian:12 AS stage-0-alpine', 'FROM stage-0-alpine AS stage-1', ''),
  );
});

test('B7 a stage that is called like an image of somebody else leads to the stage, and never to the image', () => {
  const secure = (...texts: readonly string[]): string => secureDockerfile(lines(...texts), { baseImages }).text;

  // What an engine does not find among the stages before, it takes for an image that it has.
  for (const from of ['f8c', 'F8C', '0', '1'])
    assert.throws(() => secure('FROM node AS f8c', `COPY --from=${from} / /`), { code: 'BASE_IMAGE_REFUSED' }, from);
  assert.throws(() => secure('FROM node AS a', 'ONBUILD COPY --from=a / /'), { code: 'BASE_IMAGE_REFUSED' });
  assert.equal(
    secure('FROM node AS f8c', 'FROM debian AS F8C', 'COPY --from=f8c / /', 'FROM f8c', 'COPY --from=F8c /a /'),
    lines(
      `${node} AS stage-0-f8c`,
      'FROM registry.example/base/debian:12 AS stage-1-f8c',
      'COPY --from=stage-0-f8c / /',
      'FROM stage-1-f8c AS stage-2',
      'COPY --from=stage-1-f8c /a /',
      '',
    ),
  );
});

function lines(...texts: readonly string[]): string {
  return texts.join('\n');
}

test('the bases of open registries are told, but not those of the map', () => {
  const { openBases } = secureDockerfile(lines('FROM node AS a', 'FROM ghcr.io/x/y', 'FROM a', 'FROM ghcr.io/x/y', 'FROM scratch'), {
    baseImages: { ...baseImages, registries: ['ghcr.io'] },
  });

  assert.deepEqual(openBases, ['ghcr.io/x/y:latest']);
});

test('B9 arguments that grow with each other, or have no end, take no time and no memory', () => {
  const growing = Array.from({ length: 9 }, (_, index) => `ARG a${index + 1}=${`$a${index}`.repeat(10)}`);
  const endless = `ARG b=${'"\\'.repeat(50_000)}x`;
  const begin = performance.now();

  assert.throws(() => secureDockerfile(lines('ARG a0=0123456789', ...growing, 'FROM $a9'), { baseImages }), { code: 'DOCKERFILE_REFUSED' });
  assert.throws(() => secureDockerfile(lines(endless, 'FROM $b'), { baseImages }), { code: 'DOCKERFILE_REFUSED' });
  assert.ok(performance.now() - begin < 2000);
});
