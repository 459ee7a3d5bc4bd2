import { createRecordedMachine, createRecordingTarget } from '../../test/recording-target.ts';
import { testTarget } from '../../test/target-conformance.ts';

testTarget('recording target', async (context) => {
  const machine = createRecordedMachine();
  const reopen = () => createRecordingTarget(machine);
  context.after(() => reopen().destroy('sample'));
  return { target: reopen(), reopen, artifact: { kind: 'directory', path: '/nowhere', digest: 'sha256:0000' } };
});
