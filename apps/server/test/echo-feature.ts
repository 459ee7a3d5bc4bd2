import { defineOperation } from '@deployguard/contracts';
import Type from 'typebox';
import type { Feature } from '../src/platform/http/index.ts';

const Note = Type.Object({ text: Type.String({ maxLength: 2_000_000 }) }, { title: 'Note', additionalProperties: false });
const Noted = Type.Object({ text: Type.String(), times: Type.Integer() }, { title: 'Noted', additionalProperties: false });

const takeNote = defineOperation({
  id: 'takeNote',
  method: 'POST',
  path: '/test/notes',
  summary: 'Take a note',
  tag: 'Test',
  access: 'jobs:write',
  body: Note,
  answers: { 201: Noted },
  idempotent: true,
  needsBroker: true,
});

const showCaller = defineOperation({
  id: 'showCaller',
  method: 'GET',
  path: '/test/caller',
  summary: 'Show who calls',
  tag: 'Test',
  access: 'jobs:read',
  answers: { 200: Type.Object({ tenant_id: Type.String(), user_id: Type.String(), ip: Type.String(), via: Type.String() }) },
});

const fail = defineOperation({
  id: 'fail',
  method: 'GET',
  path: '/test/faults/{name}',
  summary: 'Fail',
  tag: 'Test',
  access: 'public',
  params: Type.Object({ name: Type.String() }),
  answers: { 200: Type.Null() },
});

const upload = defineOperation({
  id: 'upload',
  method: 'POST',
  path: '/test/uploads',
  summary: 'Count the bytes of an upload',
  tag: 'Test',
  access: 'public',
  body: Type.String(),
  upload: 'application/octet-stream',
  answers: { 200: Type.Object({ bytes: Type.Integer() }) },
});

export interface EchoFeatureOptions {
  /** Told of every note; what it throws fails the request, and what it waits for holds it. */
  readonly onNote?: (text: string) => Promise<void>;
  /** What `/test/faults/<name>` throws. */
  readonly faults?: Readonly<Record<string, unknown>>;
}

/** Small operations that show what the platform does around a handler. */
export function createEchoFeature({ onNote = async () => {}, faults = {} }: EchoFeatureOptions = {}): Feature {
  let times = 0;
  return {
    name: 'echo',
    register(api) {
      api.add(takeNote, async ({ body }) => {
        await onNote(body.text);
        times++;
        return { text: body.text, times, undeclared: 'never sent' };
      });
      api.add(showCaller, async ({ caller }) => {
        const { tenantId, userId, via } = caller.actor;
        return { tenant_id: tenantId, user_id: userId, ip: caller.ip, via };
      });
      api.add(fail, async ({ params }) => {
        throw faults[params.name];
      });
      api.add(upload, async ({ body }) => {
        let bytes = 0;
        for await (const chunk of body) bytes += (chunk as Buffer).length;
        return { bytes };
      });
    },
  };
}
