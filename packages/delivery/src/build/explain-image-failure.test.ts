import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainImageFailure } from './explain-image-failure.ts';

// As Podman 4.3 (Buildah 1.28) and Docker 27 (BuildKit 0.16) print it.
const cases: readonly {
  readonly what: string;
  readonly status: number;
  readonly printed: string;
  readonly says: string;
  readonly code?: string;
}[] = [
  {
    what: 'a command that fails',
    status: 3,
    printed: `STEP 1/2: FROM localhost/base
STEP 2/2: RUN echo hello && echo "error: cannot find foo" >&2 && exit 3
hello
error: cannot find foo
Error: building at STEP "RUN echo hello && echo "error: cannot find foo" >&2 && exit 3": while running runtime: exit status 3`,
    says: 'The build of the image failed at `RUN echo hello && echo "error: cannot find foo" >&2 && exit 3` with status 3. It printed: error: cannot find foo',
  },
  {
    what: 'a command that fails in silence',
    status: 1,
    printed: `[2/2] STEP 1/2: FROM localhost/base\n--> af171033abf\n[2/2] STEP 2/2: RUN false\nError: building at STEP "RUN false": while running runtime: exit status 1`,
    says: 'The build of the image failed at `RUN false` with status 1.',
  },
  {
    what: 'a file that is missing',
    status: 125,
    printed: `STEP 2/2: COPY missing.txt /app/
Error: building at STEP "COPY missing.txt /app/": checking on sources under "/srv/builds/build-x1/context": copier: stat: "/missing.txt": no such file or directory`,
    says: 'The build of the image failed at `COPY missing.txt /app/`: stat: "/missing.txt": no such file or directory',
  },
  {
    what: 'an instruction that is not known',
    status: 125,
    printed: `STEP 2/2: RUNX foo
time="2026-01-01T00:00:00Z" level=error msg="+(UNHANDLED LOGLEVEL) &imagebuilder.Step{Env:[]string{}}"
Error: building at STEP "RUNX ": Build error: Unknown instruction: "RUNX" &imagebuilder.Step{}`,
    says: 'The build of the image failed at `RUNX`: Build error: Unknown instruction: "RUNX" &imagebuilder.Step{}',
  },
  {
    what: 'a program that is not in the image, of a RUN without a shell',
    status: 1,
    printed: String.raw`STEP 3/3: RUN ["nonexistent","b"]
error running container: from /usr/bin/runc creating container for [nonexistent b]: time="2026-01-01T00:00:00Z" level=error msg="runc create failed: unable to start container process: exec: \"nonexistent\": executable file not found in $PATH"
: exit status 1
Error: building at STEP "RUN nonexistent b": while running runtime: exit status 1`,
    says: 'The build of the image failed at `RUN nonexistent b` with status 1.',
  },
  {
    what: 'a package manager of another distribution',
    status: 127,
    printed: `STEP 2/2: RUN apk add foo\n/bin/sh: 1: apk: not found\nError: building at STEP "RUN apk add foo": while running runtime: exit status 127`,
    says: "The build of the image failed at `RUN apk add foo` with status 127. It printed: /bin/sh: 1: apk: not found (the image that stands for the Dockerfile's base has no apk: have another put into the map of base images under its full name, or build without the Dockerfile, by `dockerfile: none`)",
  },
  {
    what: 'a command that fails, by BuildKit',
    status: 1,
    printed: `#5 [2/2] RUN npm run build
#5 0.312 src/main.ts(3,1): error TS2304: Cannot find name 'foo'.
#5 ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2
------
 > [2/2] RUN npm run build:
------
Dockerfile:2
ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2`,
    says: "The build of the image failed at `/bin/sh -c npm run build` with status 2. It printed: src/main.ts(3,1): error TS2304: Cannot find name 'foo'.",
  },
  {
    what: 'an engine that cannot start anything',
    status: 1,
    printed: `error running container: from /usr/bin/runc creating container for [/bin/sh -c true]: time="2026-01-01T00:00:00Z" level=error msg="runc create failed: unable to start container process: unable to apply cgroup configuration"
Error: building at STEP "RUN true": while running runtime: exit status 1`,
    says: 'The container engine could not do a step of the build.',
    code: 'ENGINE_FAILED',
  },
];

const unreachable = [
  'Error: creating build container: writing blob: storing blob to file "/var/tmp/storage1/1": happened during read: unexpected EOF',
  'Error: creating build container: copying system image from manifest list: reading blob sha256:0: Get "https://cdn.example/0": net/http: TLS handshake timeout',
  'Error: creating build container: parsing image configuration: Get "https://cdn.example/0": dial tcp 192.0.2.1:443: i/o timeout',
  'Error: building at STEP "COPY --from=docker.io/library/node:22 / /": creating build container: reading blob sha256:0: read tcp: connection reset by peer',
  'ERROR: failed to solve: node:22: failed to resolve source metadata for docker.io/library/node:22: unexpected status from HEAD request to https://registry.example/v2/: 429 Too Many Requests',
  'Error: creating build container: initializing source docker://node:22: reading manifest 22: received unexpected HTTP status: 503 Service Unavailable',
  'ERROR: failed to build: failed to solve: failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://cdn.example/0": dial tcp: lookup cdn.example: no such host',
];
const broken = [
  'ERROR: failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory',
  'ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  'ERROR: failed to solve: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF',
  'Error: committing container for step {Env:[] Command:run Args:[true] Flags:[] Attrs:map[] Message:RUN true Original:RUN true}: database is locked',
  'Error: building at STEP "RUN true": mounting new container: creating build container: image not known',
];

test('what keeps an engine from its work, or from a registry, is not the fault of the build', () => {
  const codeOf = (line: string): string => explainImageFailure(125, ['STEP 1/2: FROM node:22', line], false).code;

  for (const line of unreachable) assert.equal(codeOf(line), 'REGISTRY_UNREACHABLE', line);
  for (const line of broken) assert.equal(codeOf(line), 'ENGINE_FAILED', line);
  assert.equal(codeOf('Error: committing container for step {Env:[]}: write /var/tmp/1: no space left on device'), 'DISK_FULL');
});

test('what the command of a step prints, or is, is not said by the engine', () => {
  for (const said of [
    'crun: no such file',
    'Error: image not known',
    'cp: cannot create /tmp/1: No space left on device',
    'pinging container registry example: connection refused',
    'error running container: OCI runtime',
  ]) {
    const podman = [
      said,
      ...Array<string>(5).fill('more'),
      `Error: building at STEP "RUN echo '${said}": ${said}'": while running runtime: exit status 1`,
    ];
    const docker = [
      `#5 0.312 ${said}`,
      `ERROR: failed to solve: process "/bin/sh -c echo '${said}": ${said}'" did not complete successfully: exit code: 1`,
    ];

    assert.equal(explainImageFailure(1, podman, false).code, 'BUILD_FAILED', said);
    assert.equal(explainImageFailure(1, docker, false).code, 'BUILD_FAILED', said);
  }
});

for (const { what, status, printed, says, code = 'BUILD_FAILED' } of cases) {
  test(`the error of a build names the step and what it said: ${what}`, () => {
    const error = explainImageFailure(status, printed.split('\n'), false);

    const [first, ...rest] = error.message.split('\n');
    assert.deepEqual([error.code, first], [code, says]);
    assert.equal(rest.join('\n'), printed);
  });
}

test('a command that finds no room on a disk that is full is right', () => {
  const lines = [
    "cp: error writing '/big': No space left on device",
    'Error: building at STEP "RUN cp a /big": while running runtime: exit status 1',
  ];

  assert.equal(explainImageFailure(1, lines, true).code, 'DISK_FULL');
  assert.equal(explainImageFailure(1, ['wrong', lines[1]!], true).code, 'BUILD_FAILED');
});
