import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchBuildSteps } from './watch-build-steps.ts';

// What Podman 4.3 prints of a build.
const printed = `[1/2] STEP 1/2: FROM localhost/base AS stage-0
[1/2] STEP 2/2: RUN echo "--> Using nothing"
--> Using cache 1337872b22675b94d18f12079a072c51de28c0ce64b6e47eae8484f7817ed25e
--> 1337872b226
--> Using nothing
[1/2] STEP 3/3: RUN printf made
made--> 86516372e62
[2/2] COMMIT localhost/xx
--> 6ba3340e170
Successfully tagged localhost/xx:latest
6ba3340e1707c667e7f0d1179b96a0704caa9b89ec48ed05bbcf7b640c8b6551
`;

test('the images of the steps are read from what the engine prints, however it arrives', () => {
  for (const size of [1, 7, printed.length]) {
    const steps = watchBuildSteps();

    for (let at = 0; at < printed.length; at += size) steps.add(Buffer.from(printed.slice(at, at + size)));

    assert.deepEqual(
      [...steps.images],
      ['1337872b22675b94d18f12079a072c51de28c0ce64b6e47eae8484f7817ed25e', '1337872b226', '86516372e62', '6ba3340e170'],
    );
  }
});
