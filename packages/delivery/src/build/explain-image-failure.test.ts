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

for (const { what, status, printed, says, code = 'BUILD_FAILED' } of cases) {
  test(`the error of a build names the step and what it said: ${what}`, () => {
    const error = explainImageFailure(status, printed.split('\n'));

    const [first, ...rest] = error.message.split('\n');
    assert.deepEqual([error.code, first], [code, says]);
    assert.equal(rest.join('\n'), printed);
  });
}
