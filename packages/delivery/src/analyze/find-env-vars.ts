import type { Answer } from './answer.ts';
import { envReaders } from './env-readers.ts';
import { findEnvHelpers } from './find-env-helpers.ts';
import { findSettingsClasses, listSchemaKeys, listSettingsFields } from './list-settings-names.ts';
import { createToolTest } from './own-sources.ts';
import { countLines, type Project, type SourceFile } from './project.ts';
import { stripComments } from './strip-comments.ts';

/** Several at once: `const { A, B: b } = …`. */
const destructured = /\{([^{}]{1,2000})\}\s{0,20}=\s{0,20}(?:process|import\.meta|Bun)\.env\b/g;

/** Set by systems and tools for everyone: nobody has to give them. */
const given =
  /^(?:PATH|HOME|PWD|USER|SHELL|LANG|TERM|TMPDIR|HOSTNAME|CI|TZ|XDG_CACHE_HOME|GITHUB_ACTIONS|NODE_ENV|NODE_OPTIONS|npm_\w+|DJANGO_SETTINGS_MODULE)$/;

/** `.env.example`, `.env.local.example`, `.env.production.sample`, `env.sample`, `example.env`, `.example.env`. */
const example = /^(?:\.?env(?:[.-](?:local|dev\w*|prod\w*))?[.-](?:example|sample|template|dist)|\.?(?:example|sample)\.env)$/;

/** Programs that test, and what only they read. */
const ofTests =
  /(?:^|\/)(?:(?:playwright|cypress|vitest|jest|wdio|checkly|karma|ava|nightwatch|codecept|mocha)\.[\w.]{0,30}\w|config\/(?:test\.exs|environments\/test\.rb)|(?:spec|test|rails)_helper\.rb|phpunit\.\w+)$/;
const maxNames = 500;

/** Names of the environment variables that an application reads, each where it is read first, and of those that its example file lists. */
export function findEnvVars(project: Project): Answer<string>[] {
  const found = new Map<string, Answer<string>>();
  const add = (answer: Answer<string>): void => {
    if (!given.test(answer.value) && !found.has(answer.value) && found.size < maxNames) found.set(answer.value, answer);
  };
  const read = createReader(project);
  const isTool = createToolTest(project);
  const texts = listTexts(project).filter(({ path }) => !ofTests.test(path));
  // What the application reads as well is no matter of the tools.
  for (const confidence of ['high', 'low'] as const) {
    for (const source of texts.filter(({ path }) => isTool(path) === (confidence === 'low'))) {
      for (const { variable, index } of read(source))
        add({ ...project.answer(variable, { rule: 'env-read', confidence, file: source.path }), line: countLines(source.text, index) });
    }
  }
  if (project.has('config/credentials.yml.enc') || project.has('config/credentials/production.yml.enc'))
    add(
      project.answer('RAILS_MASTER_KEY', {
        rule: 'rails-credentials',
        file: project.paths.find((path) => /^config\/credentials.*\.enc$/.test(path))!,
      }),
    );
  for (const file of listExamples(project)) {
    for (const [line, variable] of (project.text(file) ?? '').matchAll(/^(?:export )?([A-Za-z_][A-Za-z0-9_]{0,127})=/gm))
      add(project.answer(variable!, { rule: 'env-example', confidence: 'medium', file, at: new RegExp(`^${line}`, 'm') }));
  }
  return [...found.values()].sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** Symfony's `.env` holds no secrets and is committed (https://symfony.com/doc/current/configuration.html#configuring-environment-variables-in-env-files). */
function listExamples(project: Project): string[] {
  const own = project.paths.filter((path) => example.test(path));
  return project.has('.env') && /"symfony\/(?:dotenv|framework-bundle)"/.test(project.text('composer.json') ?? '') ? [...own, '.env'] : own;
}

function listTexts(project: Project): SourceFile[] {
  const settings = project.paths.filter((path) =>
    /(?:^|\/)(?:application\.(?:properties|ya?ml)|schema\.prisma|config\/[\w./-]{1,120}\.ya?ml)$/.test(path),
  );
  return [...project.sources, ...settings.map((path) => ({ path, text: project.text(path) ?? '' }))];
}

interface Read {
  readonly variable: string;
  readonly index: number;
}

function createReader(project: Project): (source: SourceFile) => Read[] {
  const helpers = findEnvHelpers(project.sources);
  const classes = findSettingsClasses(project.sources);
  return ({ path, text }) => {
    const reads = envReaders
      .filter(({ files }) => files.test(path))
      .flatMap((reader): Read[] => {
        const expressions = [reader.reads, ...(helpers.has(reader) ? [helpers.get(reader)!] : [])];
        const named = expressions.flatMap((expression) => [...text.matchAll(expression)]).map(toRead);
        const implied = (reader.implied ?? []).flatMap(([expression, variable]) =>
          [...text.matchAll(expression)].map(({ index }) => ({ variable, index })),
        );
        return [...named, ...implied].filter(({ variable }) => !reader.given?.test(variable));
      });
    if (/\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/.test(path)) reads.push(...listDestructured(text), ...listSchemaKeys(text));
    if (path.endsWith('.py') && classes.size > 1) reads.push(...listSettingsFields(text, classes));
    if (reads.length === 0) return [];
    const plain = stripComments(path, text);
    return reads.filter(({ variable, index }) => plain.slice(index, index + 1).trim() !== '' && variable.length < 129);
  };
}

function toRead(match: RegExpExecArray): Read {
  return { variable: match.slice(1).find((group) => group !== undefined)!, index: match.index };
}

function listDestructured(text: string): Read[] {
  return [...text.matchAll(destructured)].flatMap(({ 1: names = '', index }) =>
    names
      .split(',')
      .flatMap((part) => /^\s*([A-Za-z_]\w{0,127})\s*(?:[:=]|$)/.exec(part)?.[1] ?? [])
      .map((variable) => ({ variable, index })),
  );
}
