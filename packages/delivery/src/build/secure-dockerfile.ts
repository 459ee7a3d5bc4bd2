import { posix } from 'node:path';
import { DeliveryError } from '../delivery-error.ts';
import { resolveBaseImage } from './base-images.ts';
import type { BaseImages } from './base-images.ts';
import { listWords, parseDockerfile, parseJsonWords } from './parse-dockerfile.ts';
import type { Instruction } from './parse-dockerfile.ts';
import type { RegistrySecret } from './package-registries.ts';

export interface SecureDockerfileOptions {
  readonly baseImages: BaseImages;
  /** Arguments of the build, as they will be given to the engine. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Settings of package registries that every RUN gets, as the build has them as secrets of these ids. */
  readonly secrets?: readonly RegistrySecret[];
  readonly cache?: StepCache;
}

/** By what the engine is to tell whether it may take the result of a step that it did before. */
export interface StepCache {
  /** Name of the application's images: nobody gets what a step of somebody else's build made, however alike they are. */
  readonly owner: string;
  /** What stands under a path of the context, as a word that is another one when that changes. */
  identify(path: string): string;
}

/** Of an image, and of what each step towards it made: whose it is. */
export const ownerLabel = 'io.deployguard.images';

export interface SecureDockerfile {
  readonly text: string;
  /** What was left out, and why. */
  readonly remarks: readonly string[];
  /** Images that stages are built on and that come from open registries, not from the map. */
  readonly openBases: readonly string[];
}

const known = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(' '),
);

const defaultShell = ['/bin/sh', '-c'];

/**
 * A Dockerfile that asks for nothing but what is in its context, its own stages, and images that may be built on, which it names by what
 * stands for them. It is written anew, one instruction a line, so that the engine reads exactly what was looked at here.
 *
 * @throws {DeliveryError} `DOCKERFILE_REFUSED`, `BASE_IMAGE_REFUSED`
 */
export function secureDockerfile(text: string, options: SecureDockerfileOptions): SecureDockerfile {
  const { directives, instructions } = parseDockerfile(text);
  const remarks: string[] = [];
  if (directives.has('escape') && directives.get('escape') !== '\\') throw refuse(1, 'it changes the escape character');
  const syntax = directives.get('syntax');
  if (syntax !== undefined) {
    if (!/^(?:docker\.io\/)?docker\/dockerfile(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/.test(syntax))
      throw refuse(1, `it asks for a program of its own to read it (${JSON.stringify(syntax)})`);
    remarks.push('The syntax that the Dockerfile asks for is not fetched: the engine reads it by its own.');
  }

  const state: State = {
    ...options,
    remarks,
    stages: [],
    openBases: new Set(),
    values: new Map(),
    kernelNames: new Set(),
    directory: undefined,
    isBeforeStages: true,
    shell: defaultShell,
    shellsOfStages: new Map(),
  };
  const lines = instructions.map((instruction) => rewriteInstruction(instruction, state));
  if (state.stages.length === 0) throw refuse(1, 'it has no FROM');
  return { text: `${lines.join('\n')}\n`, remarks, openBases: [...state.openBases] };
}

interface State extends SecureDockerfileOptions {
  readonly remarks: string[];
  /** Names that the Dockerfile gives them, in lower case; those without are empty. The last one is the stage that is being read. */
  readonly stages: string[];
  readonly openBases: Set<string>;
  /** Of arguments that stand before the first stage. */
  readonly values: Map<string, string>;
  isBeforeStages: boolean;
  /** Of arguments and variables whose value is a place of the kernel. */
  readonly kernelNames: Set<string>;
  /** Where the stage that is being read is, once it says so. */
  directory: string | undefined;
  /** Of the stage that is being read. */
  shell: readonly string[];
  /** Of those before, by the names that the engine knows them by. */
  readonly shellsOfStages: Map<string, readonly string[]>;
}

function rewriteInstruction(instruction: Instruction, state: State): string {
  const { name, flags, value, line, documents } = instruction;
  if (!known.has(name)) throw refuse(line, `${JSON.stringify(name)} is no instruction`);
  // Quotes and escapes in flags are read in as many ways as there are engines.
  if (flags.some((flag) => /["'\\`]/.test(flag)) || value.startsWith('--')) throw refuse(line, 'its flags cannot be read');
  if (/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/.test(`${flags.join('')}${value}`)) throw refuse(line, 'it holds control characters');
  if (value.endsWith('\\')) throw refuse(line, 'it ends in the middle of an instruction');
  if (documents.length > 0 && name !== 'RUN')
    throw refuse(line, `${name} with a here-document is not supported: put the file into the repository`);
  switch (name) {
    case 'FROM':
      return rewriteFrom(instruction, state);
    case 'ARG':
      if (state.isBeforeStages) readArguments(value, state);
      noteKernelNames(value, state);
      break;
    case 'ENV':
      noteKernelNames(value.replace(/^(\w+)\s+(?=\S)/, '$1='), state);
      break;
    case 'WORKDIR':
      enterDirectory(value, line, state);
      break;
    case 'SHELL':
      state.shell = parseJsonWords(value) ?? state.shell;
      break;
    case 'ADD':
    case 'COPY':
      return rewriteCopy(instruction, state);
    case 'RUN':
      return rewriteRun(instruction, state);
    case 'CMD':
    case 'ENTRYPOINT':
      return print(name, flags, nameShell(value, state));
    case 'LABEL':
      return [print(name, flags, value), ...(mayNameOwner(value) ? listOwner(state) : [])].join('\n');
    case 'ONBUILD':
      return rewriteTrigger(instruction, state);
    default:
  }
  return print(name, flags, value);
}

function rewriteFrom({ value, line }: Instruction, state: State): string {
  state.isBeforeStages = false;
  state.directory = undefined;
  const match = /^(\S+)(?:\s+as\s+(\S+))?$/i.exec(value);
  if (match === null) throw refuse(line, 'its FROM cannot be read');
  const [, image = '', stage] = match;
  if (stage !== undefined && !/^[a-z][a-z0-9_.-]*$/i.test(stage)) throw refuse(line, `${JSON.stringify(stage)} is no name of a stage`);
  const name = expand(image, line, state);
  const earlier = findStage(name, state.stages);
  const from = earlier ?? (name === 'scratch' ? name : resolveBaseImage(name, state.baseImages));
  if (earlier === undefined && from !== 'scratch' && !Object.values(state.baseImages.map).includes(from)) state.openBases.add(from);
  state.shellsOfStages.set(nameStage(state.stages.length - 1, state.stages), state.shell);
  state.shell = state.shellsOfStages.get(earlier ?? '') ?? defaultShell;
  const index = state.stages.push(stage?.toLowerCase() ?? '') - 1;
  // A stage that another one is built on hands it on.
  const owner = earlier === undefined ? listOwner(state) : [];
  return [print('FROM', [], `${from} AS ${nameStage(index, state.stages)}`), ...owner, ...listSecretPlaces(state)].join('\n');
}

function listOwner({ cache }: State): string[] {
  return cache === undefined ? [] : [print('LABEL', [], `${ownerLabel}=${cache.owner}`)];
}

/** Its own labels an application may choose; whose its images are is said again behind them, where they could say something else. */
function mayNameOwner(value: string): boolean {
  const plain = value.replaceAll(/["'\\]/g, '');
  return plain.includes('$') || plain.includes(ownerLabel);
}

/** Commands see arguments as variables, and the image does not keep them. What is only a value is not handed over: history would show it. */
function listSecretPlaces({ secrets = [] }: State): string[] {
  return secrets.flatMap(({ id, pathVariables = [] }) => pathVariables.map((name) => print('ARG', [], `${name}=${secretPath(id)}`)));
}

/** Also for users that are not root. */
function listSecretMounts({ secrets = [] }: State): string[] {
  return secrets
    .filter(({ valueVariable }) => valueVariable === undefined)
    .map(
      ({ id, homePath }) =>
        `--mount=type=secret,id=${id},target=${homePath === undefined ? secretPath(id) : `/root/${homePath}`},mode=0444`,
    );
}

/** The engine's name of the last one of these stages that the Dockerfile gives a name. Names only: a number may be the name of an image. */
function findStage(name: string, stages: readonly string[]): string | undefined {
  const index = name === '' ? -1 : stages.lastIndexOf(name.toLowerCase());
  return index < 0 ? undefined : nameStage(index, stages);
}

/** What an engine does not find among the stages before, it takes for an image that it has, whosever it is: no two stages have the same name. */
function nameStage(index: number, stages: readonly string[]): string {
  return ['stage', index, stages[index]].filter((part) => part !== '').join('-');
}

/** No name of an image is longer, nor anything that is to be part of one. */
const maxArgumentCharacters = 4096;

/** Of one ARG, which may name several. What is too long is as good as not given: values of values would grow without end. */
function readArguments(value: string, { values, variables = {} }: State): void {
  if (value.length > maxArgumentCharacters) return;
  for (const [name, text] of listAssignments(value)) {
    const given = variables[name] ?? (text === undefined ? undefined : readDefault(text, values));
    if (given !== undefined && given.length <= maxArgumentCharacters) values.set(name, given);
  }
}

/** Names of an ARG or ENV, with what each is set to, as it is written. */
function listAssignments(value: string): [name: string, text?: string][] {
  const words = value.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\S)+/g);
  return [...words].flatMap(([word]) => {
    const [, name, text] = /^([A-Za-z_]\w*)(?:=(.*))?$/.exec(word) ?? [];
    return name === undefined ? [] : [text === undefined ? [name] : [name, text]];
  });
}

/** Without its quotes; in single ones nothing is expanded. */
function readDefault(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /"((?:\\.|[^"\\])*)"|'([^']*)'|[^"']+/g,
    (plain: string, double?: string, single?: string) => single ?? expandArguments(double ?? plain, values),
  );
}

function expandArguments(text: string, values: ReadonlyMap<string, string>): string {
  const reference = /\$(?:(\w+)|\{(\w+)(?:(:?)-([^${}]*))?\})/g;
  return text.replaceAll(reference, (whole, plain: string, braced: string, colon?: string, fallback?: string) => {
    const value = values.get(plain ?? braced);
    return value === undefined || (value === '' && colon === ':') ? (fallback ?? whole) : value;
  });
}

function expand(text: string, line: number, { values }: State): string {
  const expanded = expandArguments(text, values);
  if (/[$\\"'`]/.test(expanded)) throw refuse(line, `${JSON.stringify(text)} names no image: give its arguments a default value`);
  return expanded;
}

/** A directory of the machine that the engine has open can be found there: a step that begins in it is out of its container (CVE-2024-21626). */
function enterDirectory(value: string, line: number, state: State): void {
  const path = value.replaceAll(/["'\\]/g, '');
  // Where its base begins is not known here, mostly in /.
  const isKnown = path.startsWith('/') || state.directory !== undefined;
  const directory = posix.resolve('/', state.directory ?? '', path);
  if (directory.length > maxPathCharacters) throw refuse(line, 'its WORKDIR is longer than a path can be');
  if ((isKnown ? /^\/(?:proc|sys|dev)(?:\/|$)/ : /^\/proc\//).test(directory) || leadsToKernel(path, state))
    throw refuse(line, 'its WORKDIR lies in /proc, /sys or /dev, where no image has files. Choose another directory');
  state.directory = isKnown ? directory : undefined;
}

const maxPathCharacters = 4096;

function noteKernelNames(value: string, state: State): void {
  if (value.length > maxArgumentCharacters) return;
  for (const [name, text = ''] of listAssignments(value)) {
    if (leadsToKernel(text.replaceAll(/["'\\]/g, ''), state)) state.kernelNames.add(name);
  }
}

/** By itself, as a default, or by another name. */
function leadsToKernel(text: string, { kernelNames }: State): boolean {
  return (
    /(?:^|[^\w.}/])\/+(?:proc|sys|dev)(?![\w.-])/.test(text) || [...text.matchAll(/\$\{?(\w+)/g)].some(([, name]) => kernelNames.has(name!))
  );
}

function rewriteCopy({ name, flags, value, line }: Instruction, state: State): string {
  const sources = listWords(value).slice(0, -1);
  // The engine takes quotes and escapes away before it looks, and an argument of the build may hold an address too.
  if (name === 'ADD' && sources.some((source) => /[\\"'`$]/.test(source)))
    throw refuse(line, 'the sources of its ADD hold quotes, escapes or variables. Use COPY, or plain names');
  if (name === 'ADD' && sources.some((source) => isAddress.test(source)))
    throw refuse(line, 'its ADD fetches from an address. Put the file into the repository, or fetch it by RUN and check it');
  const kept = flags.filter((flag) => !/^--link(?:=(?:true|false))?$/.test(flag));
  if (kept.length < flags.length && !state.remarks.includes(withoutLink)) state.remarks.push(withoutLink);
  return print(
    name,
    kept.map((flag) => rewriteCopyFlag(flag, line, state)),
    value,
  );
}

/** Podman 4 fails at it. */
const withoutLink = 'The flag --link of COPY and ADD, which not every engine knows, was left out: what is copied is the same.';

/** Of a server, or of a repository of git in any of the forms that an engine knows. */
const isAddress = /:\/\/|^[\w.-]+@|^github\.com\/|[a-z]:\/|\.git(?:[#?]|$)/i;

function rewriteCopyFlag(flag: string, line: number, state: State): string {
  if (!/^--from=/i.test(flag)) return flag;
  const from = flag.slice('--from='.length);
  if (from.includes('$')) throw refuse(line, 'its COPY comes from a stage that is not named');
  const before = state.stages.slice(0, -1);
  if (/^\d+$/.test(from) && Number(from) < before.length) return `--from=${nameStage(Number(from), before)}`;
  return `--from=${findStage(from, before) ?? resolveBaseImage(from, state.baseImages)}`;
}

function rewriteRun({ flags, value, line, documents }: Instruction, state: State): string {
  const allowed = flags.flatMap((flag) => rewriteRunFlag(flag, line, state) ?? []);
  const before = listMountedContent(allowed, state);
  const kept = [...allowed, ...listSecretMounts(state)];
  if (documents.length === 0) return [...before, print('RUN', kept, nameShell(value, state))].join('\n');
  const [document] = documents;
  const isScript = documents.length === 1 && /^<<-?(["']?)[A-Za-z_][\w.]*\1$/.test(value) && !document!.text.startsWith('#!');
  if (!isScript) throw refuse(line, 'RUN with a here-document is supported only where that is all of the command');
  return [...before, print('RUN', kept, toJsonForm([...state.shell, document!.text]))].join('\n');
}

/** Podman takes no notice of SHELL in the format of images that it makes. No engine expands what a shell will read, so the words are the same. */
function nameShell(value: string, { shell }: State): string {
  const isForShell = shell !== defaultShell && value !== '' && parseJsonWords(value) === undefined;
  return isForShell ? toJsonForm([...shell, value]) : value;
}

/**
 * Podman takes the result of a command again when its text and its arguments are the same, also when the files that it mounts are others: so
 * what they hold becomes an argument.
 */
function listMountedContent(flags: readonly string[], { cache }: State): string[] {
  const mounts = flags.filter((flag) => flag.startsWith('--mount=')).map((flag) => new Map(readMountOptions(flag)));
  const sources = mounts.filter((options) => (options.get('type') ?? 'bind') === 'bind').map((options) => options.get('source') ?? '.');
  if (cache === undefined || sources.length === 0) return [];
  const content = sources.map((source) => cache.identify(posix.normalize(source).replace(/\/$/, '')));
  return [print('ARG', [], `DEPLOYGUARD_MOUNTED=${content.join(',')}`)];
}

/** Each by the name that both engines know. */
function readMountOptions(flag: string): [name: string, value: string | undefined][] {
  return flag
    .slice('--mount='.length)
    .split(',')
    .map((option) => {
      const [, written = '', value] = /^([^=]*)(?:=(.*))?$/.exec(option) ?? [];
      return [mountOptionNames.get(written.toLowerCase()) ?? written.toLowerCase(), value];
    });
}

const mountOptionNames = new Map([
  ['src', 'source'],
  ['dst', 'target'],
  ['destination', 'target'],
  ['readonly', 'ro'],
  ['readwrite', 'rw'],
]);

/** What a mount may be told. Others, which engines read in their own ways, can make it another one: Buildah mounts `nosuid` so that it can be written. */
const mountOptions: Readonly<Record<string, readonly string[]>> = {
  bind: ['type', 'source', 'target', 'ro'],
  secret: ['type', 'id', 'target', 'required', 'mode', 'uid', 'gid'],
  tmpfs: ['type', 'target', 'tmpfs-size', 'tmpfs-mode', 'size'],
};

/** Undefined for what is left out. */
function rewriteRunFlag(flag: string, line: number, state: State): string | undefined {
  const [, name, value = ''] = /^--([a-z-]+)(?:=(.*))?$/i.exec(flag) ?? [];
  if (name === 'network') {
    if (value === 'none') return flag;
    if (value === 'default') return undefined;
    throw refuse(line, `its RUN asks for the network of the machine (${flag})`);
  }
  if (name !== 'mount') throw refuse(line, `its RUN asks for more than a build may have (${flag})`);
  return rewriteMount(flag, line, state);
}

function rewriteMount(flag: string, line: number, state: State): string | undefined {
  const pairs = readMountOptions(flag);
  const options = new Map(pairs);
  // Which of two counts is for each engine to say.
  if (options.size < pairs.length) throw refuse(line, `its mount says the same twice (${flag})`);
  if (flag.includes('$')) throw refuse(line, 'its mount depends on an argument');
  const type = options.has('type') ? (options.get('type') ?? '') : 'bind';
  if (type === 'cache') {
    // What one build leaves there, the build of another would find.
    state.remarks.push(`Line ${line}: the cache that RUN mounts is not shared between builds, and was left out.`);
    return undefined;
  }
  const known = Object.hasOwn(mountOptions, type) ? mountOptions[type]! : undefined;
  if (known === undefined || (type === 'bind' && !isOfContext(options)))
    throw refuse(line, `its RUN mounts what is not in its context (${flag}). Use COPY`);
  const other = pairs.find(([option]) => !known.includes(option))?.[0];
  if (other !== undefined) throw refuse(line, `its mount has an option that a build may not set: ${other} (${flag})`);
  const kept = pairs.filter(([option]) => option !== 'ro').map(([option, text]) => (text === undefined ? option : `${option}=${text}`));
  return `--mount=${[...kept, ...(type === 'bind' ? ['ro'] : [])].join(',')}`;
}

/** A place of the context, which cannot be written. */
function isOfContext(options: ReadonlyMap<string, string | undefined>): boolean {
  const source = options.get('source') ?? '.';
  const isReadOnly = !options.has('rw') && (options.get('ro') ?? 'true') === 'true';
  return isReadOnly && !options.has('from') && !source.startsWith('/') && !source.split('/').includes('..');
}

function rewriteTrigger({ flags, value, line, documents }: Instruction, state: State): string {
  const [, name = '', rest = ''] = /^(\S+)(\s.*)?$/.exec(value) ?? [];
  const inner = parseDockerfile(`${name} ${rest}`).instructions[0];
  if (inner === undefined || ['FROM', 'ONBUILD', 'MAINTAINER'].includes(inner.name)) throw refuse(line, 'its ONBUILD cannot be read');
  // Its SHELL is for those who build on the image.
  const rewritten = rewriteInstruction({ ...inner, line, documents }, { ...state }).split('\n');
  return rewritten.map((text) => print('ONBUILD', flags, text)).join('\n');
}

function print(name: string, flags: readonly string[], value: string): string {
  return [name, ...flags, value].filter((part) => part !== '').join(' ');
}

/** Where a command of a build finds a secret. */
export function secretPath(id: string): string {
  return `/run/secrets/${id}`;
}

/** The form that no shell and no parser of Dockerfiles looks into. `<` could be taken for the begin of a here-document. */
export function toJsonForm(words: readonly string[]): string {
  return JSON.stringify(words).replaceAll(
    /[<\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

function refuse(line: number, reason: string): DeliveryError {
  return new DeliveryError('DOCKERFILE_REFUSED', `The Dockerfile is refused, line ${line}: ${reason}.`);
}
