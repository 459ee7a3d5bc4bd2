import type { Ambiguity, Detection } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findVersion } from '../find-version.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';
import { stripComments } from '../strip-comments.ts';

const manifest = 'mix.exs';

/** Applications in Elixir: `mix.exs` is a program, so only what is written plainly in it is seen. */
export function detectElixir(project: Project): Detection | undefined {
  const text = project.text(manifest);
  if (text === undefined) return undefined;
  const libraries = [...text.matchAll(/\{\s*:(\w{1,60})\s*,/g)].map(([, name]) => name!);
  const isPhoenix = libraries.includes('phoenix');
  const app = /\bapp:\s*:(\w{1,60})/.exec(text)?.[1];
  const version = findVersion(project, [
    { file: '.elixir-version', rule: 'elixir-version-file' },
    { file: '.tool-versions', expression: /^elixir\s+(\S+)/m, rule: 'tool-versions' },
    { file: manifest, expression: /\belixir:\s*"([^"]+)"/, rule: 'mix-elixir' },
  ]);
  const deploysAssets = /"assets\.deploy"/.test(text);
  const hasMigrations = project.paths.some((path) => path.startsWith('priv/repo/migrations/'));
  const port = isPhoenix ? project.answer(4000, { rule: 'phoenix-port', confidence: 'medium', file: manifest }) : findPort(project);
  const releases = listReleases(stripComments(manifest, text));
  const [release = app, ...others] = releases;
  const made = others.length === 0 ? ['mix release'] : releases.map((name) => `mix release ${name}`);
  const build = [...(deploysAssets ? ['mix assets.deploy'] : []), ...made].map((step) => `MIX_ENV=prod ${step}`).join(' && ');
  const start = (name: string): Answer<string> =>
    project.answer(`${isPhoenix ? 'PHX_SERVER=true ' : ''}_build/prod/rel/${name}/bin/${name} start`, {
      rule: 'elixir-release',
      confidence: 'medium',
      file: manifest,
      at: name === app ? `app: :${app}` : new RegExp(`\\b${name}:|:${name}\\b`),
    });
  return {
    language: project.answer('elixir', { rule: 'elixir-mix', file: manifest }),
    ...(isPhoenix && { framework: project.answer('phoenix', { rule: 'elixir-phoenix', file: manifest, at: '{:phoenix,' }) }),
    ...(version && { version }),
    packageManager: project.answer('mix', { rule: 'elixir-mix', file: manifest }),
    installCommand: project.answer('mix deps.get --only prod', { rule: 'elixir-mix', file: manifest }),
    buildCommand: project.answer(build, { rule: 'elixir-release', confidence: 'medium', file: manifest }),
    ...(app && release && others.length === 0 && { startCommand: start(release) }),
    ...(port && { port }),
    ...(app &&
      release &&
      others.length === 0 &&
      hasMigrations &&
      project.has(`lib/${app}/release.ex`) &&
      findRelease(project, app, release)),
    services: servicesOf(project, libraries, manifest),
    ...(app && others.length > 0 && { ambiguities: [askWhich(releases.map(start))] }),
  };
}

function askWhich(choices: readonly Answer<string>[]): Ambiguity {
  return {
    field: 'startCommand',
    message: 'There are several releases. `default_release` in mix.exs would say which is started.',
    choices,
  };
}

/**
 * Names of the releases that are written plainly, the default alone where it is named; empty where there is only the one that is named after the
 * application (https://hexdocs.pm/mix/Mix.Tasks.Release.html#module-options).
 */
function listReleases(text: string): string[] {
  const chosen = /\bdefault_release:\s{0,99}:(\w{1,60})/.exec(text)?.[1];
  if (chosen !== undefined) return [chosen];
  const elsewhere = /\breleases:\s{0,99}(@?\w{1,60})/.exec(text)?.[1];
  const opening =
    elsewhere === undefined
      ? /\breleases:\s{0,99}(?=\[)/
      : new RegExp(
          `(?:\\bdefp?\\s{1,9}${elsewhere}(?:\\(\\))?(?:,\\s{0,99}do:|\\s{1,9}do)|^[ \\t]{0,99}${elsewhere})\\s{0,99}(?=\\[)`,
          'm',
        );
  const match = opening.exec(text);
  return match === null ? [] : listKeys(text.slice(match.index + match[0].length));
}

const parts =
  /"(?:[^"\\]|\\.)*"|(?<opening>[[({])|(?<closing>[\])}])|(?<![:\w])(?<key>[a-z_]\w{0,60}):(?=\s)|(?<=\{):(?<atom>[a-z_]\w{0,60}),/g;

/** Of a list that the text begins with: `[a: …, {:b, …}]`. */
function listKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const { groups = {} } of text.matchAll(parts)) {
    const { opening, closing, key, atom } = groups;
    if (opening !== undefined) depth++;
    else if (closing !== undefined && --depth === 0) break;
    const name = depth === 1 ? key : depth === 2 ? atom : undefined;
    if (name !== undefined) keys.push(name);
  }
  return keys;
}

const script = 'rel/overlays/bin/migrate';

/** `mix phx.gen.release` writes the script, which is copied into each release, and with `--docker` an image that has the release as `/app` (https://hexdocs.pm/phoenix/Mix.Tasks.Phx.Gen.Release.html). */
function findRelease(project: Project, app: string, name: string): Pick<Detection, 'releaseCommand' | 'ofImage'> {
  const basis = { rule: 'phoenix-release-migrate', confidence: 'medium' } as const;
  return {
    releaseCommand: project.answer(`_build/prod/rel/${name}/bin/${name} eval "${toModule(app)}.Release.migrate"`, {
      ...basis,
      file: `lib/${app}/release.ex`,
    }),
    ofImage: project.has(script) ? { releaseCommand: project.answer('bin/migrate', { ...basis, file: script }) } : {},
  };
}

/** `{Bandit, plug: Router, port: 4000}`, `{Plug.Cowboy, scheme: :http, plug: Router, options: [port: 4000]}`. */
const listens = /^[^#\n]{0,200}\{(?:Bandit|Plug\.Cowboy),[^{}]{0,200}?\bport: (\d{2,5})\b/m;

function findPort(project: Project): Answer<number> | undefined {
  for (const { path, text } of project.sources) {
    const port = path.endsWith('.ex') ? listens.exec(text)?.[1] : undefined;
    if (port !== undefined)
      return project.answer(Number(port), { rule: 'elixir-listen', confidence: 'medium', file: path, at: `port: ${port}` });
  }
  return undefined;
}

function toModule(app: string): string {
  return app
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
