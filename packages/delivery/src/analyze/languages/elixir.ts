import type { Detection } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findVersion } from '../find-version.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';

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
  const build = deploysAssets ? 'mix assets.deploy && mix release' : 'mix release';
  return {
    language: project.answer('elixir', { rule: 'elixir-mix', file: manifest }),
    ...(isPhoenix && { framework: project.answer('phoenix', { rule: 'elixir-phoenix', file: manifest, at: '{:phoenix,' }) }),
    ...(version && { version }),
    packageManager: project.answer('mix', { rule: 'elixir-mix', file: manifest }),
    installCommand: project.answer('mix deps.get --only prod', { rule: 'elixir-mix', file: manifest }),
    buildCommand: project.answer(`MIX_ENV=prod ${build.replace('&& mix', '&& MIX_ENV=prod mix')}`, {
      rule: 'elixir-release',
      confidence: 'medium',
      file: manifest,
    }),
    ...(app && {
      startCommand: project.answer(`${isPhoenix ? 'PHX_SERVER=true ' : ''}_build/prod/rel/${app}/bin/${app} start`, {
        rule: 'elixir-release',
        confidence: 'medium',
        file: manifest,
        at: `app: :${app}`,
      }),
    }),
    ...(port && { port }),
    ...(app && hasMigrations && project.has(`lib/${app}/release.ex`) && findRelease(project, app)),
    services: servicesOf(project, libraries, manifest),
  };
}

const script = 'rel/overlays/bin/migrate';

/** `mix phx.gen.release` writes the script, which is copied into each release, and with `--docker` an image that has the release as `/app` (https://hexdocs.pm/phoenix/Mix.Tasks.Phx.Gen.Release.html). */
function findRelease(project: Project, app: string): Pick<Detection, 'releaseCommand' | 'ofImage'> {
  const basis = { rule: 'phoenix-release-migrate', confidence: 'medium' } as const;
  return {
    releaseCommand: project.answer(`_build/prod/rel/${app}/bin/${app} eval "${toModule(app)}.Release.migrate"`, {
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
