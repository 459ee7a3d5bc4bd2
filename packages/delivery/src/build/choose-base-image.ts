import { DeliveryError } from '../delivery-error.ts';
import type { BuildPlan } from './build-plan.ts';

/** The images that an application is built in and run on, as a Dockerfile names them. */
export interface BaseChoice {
  readonly build: string;
  readonly run: string;
}

/** The newest versions with long-term support when this was written; a repository that asks for another one gets that. */
const defaults = { node: 24, python: '3.13', go: '1.24', rust: '1', ruby: '3.4', php: '8.4', java: 21, elixir: '1.18', dotnet: '10.0' };
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
      return { build: `node:${defaults.node}-bookworm-slim`, run: `node:${defaults.node}-bookworm-slim` };
    case 'node':
      // Packages that are compiled need what the small ones lack.
      return { build: `node:${chooseNode(version)}-bookworm`, run: `node:${chooseNode(version)}-bookworm-slim` };
    case 'python':
      return { build: `python:${choosePython(version)}-bookworm`, run: `python:${choosePython(version)}-slim-bookworm` };
    case 'go':
      // An older program is built by a newer compiler; the other way round it is not.
      return { build: `golang:${chooseGo(version)}-bookworm`, run: debian };
    case 'rust':
      return { build: `rust:${/^1\.\d+/.exec(version ?? '')?.[0] ?? defaults.rust}-bookworm`, run: debian };
    case 'ruby': {
      const series = /\d\.\d+/.exec(version ?? '')?.[0] ?? defaults.ruby;
      return { build: `ruby:${series}-bookworm`, run: `ruby:${series}-slim-bookworm` };
    }
    case 'php':
      // Composer brings the newest PHP; what it installs is text for any of them.
      return { build: 'composer:2', run: `php:${/8\.\d+/.exec(version ?? '')?.[0] ?? defaults.php}-cli-bookworm` };
    case 'java':
    case 'kotlin': {
      const java = chooseJava(version);
      // A wrapper brings the Maven or Gradle that it names.
      const bringsTool = buildCommand?.startsWith('./') === true;
      const withTool = packageManager === 'gradle' ? `gradle:8-jdk${java}` : `maven:3-eclipse-temurin-${java}`;
      return { build: bringsTool ? `eclipse-temurin:${java}-jdk` : withTool, run: `eclipse-temurin:${java}-jre` };
    }
    case 'deno': {
      const image = `denoland/deno:debian${/^\d+\.\d+\.\d+$/.test(version ?? '') ? `-${version}` : ''}`;
      return { build: image, run: image };
    }
    case 'dotnet': {
      const series = /^\d+\.\d+/.exec(version ?? '')?.[0] ?? defaults.dotnet;
      return { build: `mcr.microsoft.com/dotnet/sdk:${series}`, run: `mcr.microsoft.com/dotnet/aspnet:${series}` };
    }
    case 'elixir':
      return { build: `elixir:${chooseElixir(version)}`, run: debian };
    case 'shell':
      return { build: debian, run: debian };
    default:
      throw new DeliveryError(
        'LANGUAGE_UNSUPPORTED',
        `No Dockerfile can be written for ${language === undefined ? 'an application of an unknown language' : language}. Add one to the repository.`,
      );
  }
}

/** `22`, `^20.1`, `18 || 20`, `>=18`, `lts/*`. */
function chooseNode(version = ''): number {
  const last = version.split('||').at(-1)!.trim();
  const major = Number(/\d+/.exec(last)?.[0] ?? defaults.node);
  return last.startsWith('>') ? Math.max(major, defaults.node) : major;
}

/** `3.12`, `3.12.4`, `>=3.10`, `^3.11`, `python-3.12.1`, `==3.11.*`. */
function choosePython(version = ''): string {
  const [, minor] = /3\.(\d+)/.exec(version) ?? [];
  if (minor === undefined) return defaults.python;
  const ceiling = /<\s*3\.(\d+)/.exec(version)?.[1];
  if (/^(?:>|\^)/.test(version.trim())) {
    const newest = Math.max(Number(minor), Number(defaults.python.slice(2)));
    return `3.${ceiling === undefined ? newest : Math.min(newest, Number(ceiling) - 1)}`;
  }
  return `3.${minor}`;
}

function chooseGo(version = ''): string {
  const minor = Number(/^1\.(\d+)/.exec(version)?.[1] ?? 0);
  return `1.${Math.max(minor, Number(defaults.go.slice(2)))}`;
}

/** `1.17.3-otp-27`, `~> 1.14`: what asks for no more than a series gets the newest one. */
function chooseElixir(version = ''): string {
  const series = /1\.\d+/.exec(version)?.[0];
  return series === undefined || /^(?:~>|>)/.test(version.trim()) ? defaults.elixir : series;
}

/** `17`, `1.8`, `11.0.2`: the version with long-term support that is no older. */
function chooseJava(version = ''): number {
  const wanted = Number(/^(?:1\.)?(\d+)/.exec(version)?.[1] ?? defaults.java);
  return [8, 11, 17, 21, 25].find((supported) => supported >= wanted) ?? wanted;
}
