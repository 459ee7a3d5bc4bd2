import { extname } from 'node:path';
import type { ObjectType } from '@deployguard/git';
import { createVisitor, type Matcher, type MatcherSource } from '../history/packs/matcher.ts';
import {
  createObjectInspector,
  type InspectedHead,
  type InspectionInput,
  type InspectionNote,
  type InspectionResult,
} from './inspect-objects.ts';

/** This file; compiled, its code may stand in another one that it shares with others. */
const moduleUrl = new URL(`./pack-inspector${extname(import.meta.filename)}`, import.meta.url).href;

/** Checking and searching objects where packs are read, as something that threads can build. */
export function describePackInspector(input: InspectionInput): MatcherSource {
  return { module: moduleUrl, create: createPackInspector.name, options: input };
}

export function createPackInspector(input: InspectionInput): Matcher {
  let inspector = createObjectInspector(input);
  return createVisitor({
    visit(type, id, content, base) {
      const note = base?.note as InspectionNote | undefined;
      return inspector.inspect(new Head(type, content.length, id), content, note && { content: base!.content, runs: base!.runs, note });
    },
    takeGathered(): InspectionResult {
      const { result } = inspector;
      inspector = createObjectInspector(input);
      return result;
    },
  });
}

/** Hardly ever is an id asked for as text. */
class Head implements InspectedHead {
  readonly type: ObjectType;
  readonly size: number;
  readonly id: Buffer;

  constructor(type: ObjectType, size: number, id: Buffer) {
    this.type = type;
    this.size = size;
    this.id = id;
  }

  get oid(): string {
    return this.id.toString('hex');
  }
}
