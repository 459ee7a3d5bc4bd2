import { DeliveryError } from '../delivery-error.ts';
import type { BuildPlan } from './build-plan.ts';
import { chooseSeries } from './choose-series.ts';

/** The images that an application is built in and run on, as a Dockerfile names them. */
export interface BaseChoice {
  readonly build: string;
  readonly run: string;
}

/** Series of each language, the best one for whom any will do first: mostly the newest with long-term support when this was written. */
const series = {
  node: ['24', '22', '20', '18', '16', '14', '12', '26'],
  python: ['3.13', '3.12', '3.11', '3.10', '3.9', '3.8', '3.7', '3.14'],
  ruby: ['3.4', '3.3', '3.2', '3.1', '3.0', '2.7', '4.0'],
  php: ['8.4', '8.3', '8.2', '8.1', '8.0', '7.4', '8.5'],
  elixir: ['1.18', '1.17', '1.16', '1.15', '1.14', '1.19'],
} as const;
/** The first series of which there are images of Debian 12; those before have images of Debian 11. */
const firstOfBookworm = { node: 16, python: 3.7, ruby: 3, php: 8 };
const newest = { go: '1.24', java: 21, dotnet: '10.0' };
const debian = 'debian:bookworm-slim';

/**
 * Chooses bases by language and by the version that a repository asks for, which may be a range.
 *
 * @throws {DeliveryError} `LANGUAGE_UNSUPPORTED`
 */
export function chooseBaseImage({
  language,
  version,
  packageManager,
  buildCommand,
}: Pick<BuildPlan, 'language' | 'version' | 'packageManager' | 'buildCommand'>): BaseChoice {
  switch (language) {
    case 'static':
      return { build: `node:${series.node[0]}-bookworm-slim`, run: `node:${series.node[0]}-bookworm-slim` };
    case 'node': {
      const image = nameImage('node', version);
      // Packages that are compiled need what the small ones lack.
      return { build: image, run: `${image}-slim` };
    }
    case 'python': {
      if (/^(?:python-)?2(?:\.\d+)*$/.test(version ?? ''))
        throw new DeliveryError('LANGUAGE_UNSUPPORTED', 'No Dockerfile can be written for Python 2. Add one to the repository.');
      return { build: nameImage('python', version), run: nameImage('python', version, '-slim') };
    }
    case 'go':
      // An older program is built by a newer compiler; the other way round it is not.
      return { build: `golang:${chooseGo(version)}-bookworm`, run: debian };
    case 'rust':
      // What Cargo.toml says is the oldest version that will do; of a toolchain file, rustup takes note.
      return { build: 'rust:1-bookworm', run: debian };
    case 'ruby':
      return { build: nameImage('ruby', version), run: nameImage('ruby', version, '-slim') };
    case 'php':
      // Composer brings a PHP of its own, which is told the version of this one.
      return { build: 'composer:2', run: nameImage('php', version, '-cli') };
    case 'java':
    case 'kotlin': {
      const java = chooseJava(version);
      // A wrapper brings the Maven or Gradle that it names.
      const bringsTool = /^\.\/|(?:^|[\s/])(?:mvnw|gradlew)(?!\S)/.test(buildCommand ?? '');
      const withTool = packageManager === 'gradle' ? `gradle:8-jdk${java}` : `maven:3-eclipse-temurin-${java}`;
      return { build: bringsTool ? `eclipse-temurin:${java}-jdk` : withTool, run: `eclipse-temurin:${java}-jre` };
    }
    case 'deno': {
      const image = `denoland/deno:debian${/^\d+\.\d+\.\d+$/.test(version ?? '') ? `-${version}` : ''}`;
      return { build: image, run: image };
    }
    case 'dotnet': {
      const chosen = /^\d+\.\d+/.exec(version ?? '')?.[0] ?? newest.dotnet;
      return { build: `mcr.microsoft.com/dotnet/sdk:${chosen}`, run: `mcr.microsoft.com/dotnet/aspnet:${chosen}` };
    }
    case 'elixir':
      return { build: `elixir:${chooseSeries(version, series.elixir)}`, run: debian };
    case 'shell':
      return { build: debian, run: debian };
    default:
      throw new DeliveryError(
        'LANGUAGE_UNSUPPORTED',
        `No Dockerfile can be written for ${language === undefined ? 'an application of an unknown language' : language}. Add one to the repository.`,
      );
  }
}

function nameImage(language: keyof typeof firstOfBookworm, version: string | undefined, kind = ''): string {
  const chosen = chooseSeries(version, series[language]);
  return `${language}:${chosen}${kind}-${Number(chosen) >= firstOfBookworm[language] || /^\d\.\d\d$/.test(chosen) ? 'bookworm' : 'bullseye'}`;
}

function chooseGo(version = ''): string {
  const minor = Number(/^1\.(\d+)/.exec(version)?.[1] ?? 0);
  return `1.${Math.max(minor, Number(newest.go.slice(2)))}`;
}

/** `17`, `1.8`, `11.0.2`: the version with long-term support that is no older. */
function chooseJava(version = ''): number {
  const wanted = Number(/^(?:1\.)?(\d+)/.exec(version)?.[1] ?? newest.java);
  return [8, 11, 17, 21, 25].find((supported) => supported >= wanted) ?? wanted;
}
