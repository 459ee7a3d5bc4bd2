import { envReaders, type EnvReader } from './env-readers.ts';
import type { SourceFile } from './project.ts';
import { stripComments } from './strip-comments.ts';

const maxHelpers = 30;
/** How far above the read a function may begin. */
const maxBodyBytes = 800;

/** For each kind of reader, calls of the project's own functions that read the variable which they are given: `env_bool("DEBUG")`. */
export function findEnvHelpers(sources: readonly SourceFile[]): ReadonlyMap<EnvReader, RegExp> {
  const calls = new Map<EnvReader, RegExp>();
  for (const reader of envReaders) {
    if (reader.helper === undefined) continue;
    const files = sources.filter(({ path }) => reader.files.test(path));
    const direct = listHelpers(files, reader.helper, reader.helper.reads);
    if (direct.size === 0) continue;
    const more = listHelpers(
      files,
      reader.helper,
      new RegExp(`\\b(?:${[...direct].join('|')})\\(\\s{0,20}[$]?(\\w{1,40})\\s{0,9}[,)]`, 'g'),
    );
    calls.set(reader, toCalls([...new Set([...direct, ...more])].slice(0, maxHelpers)));
  }
  return calls;
}

function listHelpers(files: readonly SourceFile[], { definition }: NonNullable<EnvReader['helper']>, reads: RegExp): Set<string> {
  const helpers = new Set<string>();
  for (const { path, text } of files) {
    let plain: string | undefined;
    for (const read of text.matchAll(reads).take(maxHelpers)) {
      plain ??= stripComments(path, text);
      const before = plain.slice(Math.max(0, read.index - maxBodyBytes), read.index);
      const [, name, parameters, otherName, otherParameters] = [...before.matchAll(definition)].at(-1) ?? [];
      const known = (parameters ?? otherParameters ?? '').split(/\W+/);
      const helper = name ?? otherName;
      if (helper !== undefined && known.includes(read[1]!) && helpers.size < maxHelpers) helpers.add(helper);
    }
  }
  return helpers;
}

/** The first text that is given counts. A method of any name could belong to anything. */
function toCalls(helpers: readonly string[]): RegExp {
  const [telling, other] = [
    helpers.filter((helper) => /env|secret|config/i.test(helper)),
    helpers.filter((helper) => !/env|secret|config/i.test(helper)),
  ];
  const names = [...telling.map((helper) => `\\b${helper}`), ...other.map((helper) => `(?<![\\w.>])${helper}`)];
  return new RegExp(`(?:${names.join('|')})\\((?:[^"'\`()\\n]{0,80},)?\\s{0,20}["'\`]([A-Z][A-Z0-9_]{1,127})["'\`]`, 'g');
}
