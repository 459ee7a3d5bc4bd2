import { DeliveryError } from '../delivery-error.ts';
import type { Ambiguity, Analysis, Assets, Detection, Note } from './analysis.ts';
import type { Answer } from './answer.ts';
import { createFolderTest, isOtherProgram, listManifests, listSources, maxManifestBytes, maxSourceBytes } from './choose-files.ts';
import { chooseLanguage } from './choose-language.ts';
import type { FileTree } from './file-tree.ts';
import { choosePort, isDefaultPort } from './default-port.ts';
import { findCommandPort, findExamplePort } from './find-command-port.ts';
import { findCompose, isProgram, type ComposeFacts } from './find-compose.ts';
import { findDockerfile, type DockerfileFacts } from './find-dockerfile.ts';
import { findEnvVars } from './find-env-vars.ts';
import { findHealthPath } from './find-health-path.ts';
import { findProcesses, findServedPages } from './find-processes.ts';
import { findPythonPort } from './find-python-port.ts';
import { findRoots, type Roots } from './find-roots.ts';
import { findStartScript } from './find-start-script.ts';
import { isForeignFolder, isSecondaryFolder } from './is-foreign-folder.ts';
import { listMembers } from './list-members.ts';
import { createProject, type Project, type SourceFile } from './project.ts';
import { detectors } from './registry.ts';
import { resourcesOf } from './resources.ts';
import { isDatabaseEmbedded, weighServices } from './services-of.ts';
import { findImageLanguage } from './started-language.ts';
import { startWithoutImage } from './start-without-image.ts';

export interface AnalyzeOptions {
  /** Folder of the application, from the top of the tree. Default: found. */
  readonly root?: string;
  /** Path of the Dockerfile in that folder; false: whatever is there, it does not count. Default: found. */
  readonly dockerfile?: string | false;
  /** Whether the Dockerfile is built, as it is where applications run in containers. Default: true. */
  readonly isImageBuilt?: boolean;
}

/**
 * Works out from the files of an application how it is built and run. Nothing of it is run, no link is followed, and broken or oversized
 * files cost a note at most.
 *
 * @throws {DeliveryError} `ROOT_NOT_FOUND`
 */
export async function analyzeTree(tree: FileTree, options: AnalyzeOptions = {}): Promise<Analysis> {
  const notes: Note[] = [];
  const contents = await readTexts(tree, listManifests(tree.paths), maxManifestBytes, notes);
  const open = createFolderOpener(tree);
  const { root, ambiguity, note } = await chooseRoot(tree, contents, open, options);
  if (note !== undefined) notes.push(note);

  const { paths, sources, notes: ofSources } = await open(root.value);
  notes.push(...ofSources);
  const workspace = findWorkspace(tree, contents, root.value, notes);
  const project = createProject({ root: root.value, paths, contents, sources, notes, ...(workspace && { workspace }) });
  noteLinks(tree.links, root.value, notes);
  return { root, ...analyzeProject(project, ambiguity, options), notes };
}

function analyzeProject(
  project: Project,
  ambiguity: Ambiguity | undefined,
  { dockerfile: wanted, isImageBuilt = true }: AnalyzeOptions,
): Omit<Analysis, 'root' | 'notes'> {
  const processes = findProcesses(project);
  const pages = findServedPages(project, processes);
  const web = pages === undefined ? processes.find(({ value }) => value.name === 'web') : undefined;
  const detections = pages === undefined ? detectors.flatMap((detect) => detect(project) ?? []) : [pages];
  const { dockerfile, compose } = findContainer(project, wanted);
  const { detection: chosen, ambiguity: languages } = chooseLanguage(detections, {
    web,
    imageCommand: dockerfile?.startCommand,
    imageLanguage: dockerfile && findImageLanguage(project, dockerfile),
  });
  const detection = languages === undefined ? addStartScript(project, chosen) : chosen;
  const { assets, ambiguities: ofAssets = [] } = detection ? findAssets(project, detection, detections) : {};
  const {
    services: fromLanguage = [],
    ambiguities = [],
    remarks = [],
    staticOutput,
    isIncomplete: _,
    port: ownPort,
    isOnlyTools: _ofTools,
    releaseCommand: ownRelease,
    startCommand: found,
    ofImage,
    ...facts
  }: Partial<Detection> = detection ?? {};
  // Where it is asked which application is meant, that of the top is none.
  const own = ambiguity === undefined ? found : undefined;
  const ofProcfile = web && { ...web, value: web.value.command };
  const isAsked = ambiguities.some(({ field }) => field === 'startCommand');
  const ofDockerfile =
    isImageBuilt || dockerfile === undefined
      ? dockerfile?.startCommand
      : startWithoutImage(project, dockerfile, {
          own: ofProcfile ?? own,
          isStatic: staticOutput !== undefined,
          isAsked,
        });
  const isSilent = dockerfile !== undefined && dockerfile.startCommand === undefined;
  const ofCompose = isSilent && compose.command !== undefined && isProgram(compose.command.value) ? compose.command : undefined;
  const named: Answer<string> | undefined = ofDockerfile ?? ofProcfile ?? ofCompose;
  // What an image starts that this one is made from.
  const serverPort = isImageBuilt && named === undefined ? dockerfile?.serverPort : undefined;
  const isStarted = named !== undefined || serverPort !== undefined;
  if (isImageBuilt && dockerfile?.stages !== undefined) noteStage(project, dockerfile.path.value, dockerfile.stages);
  // An image that starts something, and a web process, serve the files themselves.
  const served = ofDockerfile === undefined && web === undefined && ambiguity === undefined ? staticOutput : undefined;
  const startCommand = named ?? (isImageBuilt && isSilent ? doubtStart(project, dockerfile, own) : own);
  const ofImageAlone = isImageBuilt || dockerfile?.serverPort === undefined ? dockerfile : undefined;
  const envVars = findEnvVars(project);
  const ofCode = isDefaultPort(ownPort) ? (findExamplePort(project, envVars) ?? ownPort) : ownPort;
  const ofLanguage = isImageBuilt && ofDockerfile ? choosePort(ofCode, facts.language?.value, ofDockerfile) : ofCode;
  const ofStart = findPythonPort(project, startCommand) ?? findCommandPort(startCommand);
  const port = ofImageAlone?.port ?? serverPort ?? ofStart ?? ofLanguage;
  const healthPath = ofImageAlone?.healthPath ?? probeOf(compose, port) ?? facts.healthPath ?? findHealthPath(project);
  const release = processes.find(({ value }) => value.name === 'release');
  const ownCommand = isImageBuilt && dockerfile?.startCommand && ofImage ? ofImage.releaseCommand : ownRelease;
  const releaseCommand = (release && { ...release, value: release.value.command }) ?? ownCommand;
  for (const { about, file, message } of remarks)
    if (about === 'start' ? !isStarted : dockerfile === undefined || !isImageBuilt) project.note(file, message);
  const resources = facts.language && resourcesOf(facts.language.value, served !== undefined, project);
  return {
    ...facts,
    ...(served && { staticOutput: served }),
    ...(startCommand && { startCommand }),
    ...(port && { port }),
    ...(healthPath && { healthPath }),
    ...(releaseCommand && { releaseCommand }),
    ...(dockerfile && { dockerfile: dockerfile.path }),
    ...(assets && { assets }),
    processes,
    envVars,
    services: keepFirst([...compose.services, ...weighServices(compose.services, fromLanguage, isDatabaseEmbedded(project))]),
    ...(resources && { resources }),
    ambiguities: [
      ...[ambiguity, languages].filter((found) => found !== undefined),
      ...ambiguities.filter(({ field }) => field !== 'startCommand' || !isStarted),
      ...ofAssets,
    ],
  };
}

/** The Dockerfile, started with the arguments that a compose file gives it where it has none itself. */
function findContainer(project: Project, wanted: string | false | undefined): { dockerfile?: DockerfileFacts; compose: ComposeFacts } {
  const dockerfile = wanted === false ? undefined : findDockerfile(project, wanted);
  const compose = findCompose(project, dockerfile?.path.value);
  if (dockerfile === undefined) return { compose };
  const { startCommand, takesArguments } = dockerfile;
  if (startCommand === undefined || !takesArguments || compose.command === undefined) return { dockerfile, compose };
  const value = `${startCommand.value} ${compose.command.value}`;
  return { dockerfile: { ...dockerfile, startCommand: { ...compose.command, value } }, compose };
}

/** What is asked at another port than that of the application is another server's. */
function probeOf({ healthPath, healthPort }: ComposeFacts, port: Answer<number> | undefined): Answer<string> | undefined {
  const isOther = healthPort !== undefined && port?.confidence === 'high' && port.value !== healthPort;
  return isOther ? undefined : healthPath;
}

function noteStage(project: Project, file: string, { last, better }: NonNullable<DockerfileFacts['stages']>): void {
  project.note(file, `The last stage, which is built, is \`${last}\`. If \`${better}\` is for users, put it last.`);
}

/** The image of a Dockerfile that starts nothing starts what the one does that it is made from, which is not in the repository. */
function doubtStart(
  project: Project,
  { path, serverPort }: DockerfileFacts,
  startCommand: Answer<string> | undefined,
): Answer<string> | undefined {
  if (startCommand === undefined || serverPort !== undefined) return undefined;
  project.note(path.value, 'It starts nothing itself. The start command is that of a build without it.');
  return { ...startCommand, confidence: 'low' };
}

/** Their applications ship what `package.json` builds; beside those in other languages it mostly serves the developers. */
const languagesWithAssets = ['php', 'ruby'];

function findAssets(
  project: Project,
  { language: chosen }: Detection,
  detections: readonly Detection[],
): { readonly assets?: Assets; readonly ambiguities?: readonly Ambiguity[] } {
  const node = detections.find(({ language }) => language.value === 'node');
  if (node?.buildCommand === undefined || chosen.value === 'node') return {};
  const { language, version, packageManager, installCommand, buildCommand, ambiguities = [] } = node;
  if (languagesWithAssets.includes(chosen.value))
    return {
      assets: {
        language,
        buildCommand,
        ...(version && { version }),
        ...(packageManager && { packageManager }),
        ...(installCommand && { installCommand }),
      },
      ambiguities: ambiguities.filter(({ field }) => field === 'packageManager'),
    };
  project.note('package.json', `Its own build (${buildCommand.value}) is not part of the build command.`);
  return {};
}

/** A script counts where nothing else says what is started or served. */
function addStartScript(project: Project, detection: Detection | undefined): Detection | undefined {
  const startCommand = findStartScript(project);
  if (startCommand === undefined) return detection;
  if (detection === undefined) return { language: { ...startCommand, value: 'shell' }, startCommand };
  const { startCommand: known, staticOutput, ambiguities = [] } = detection;
  const isKnown = known !== undefined || staticOutput !== undefined || ambiguities.some(({ field }) => field === 'startCommand');
  return isKnown ? detection : { ...detection, startCommand };
}

async function chooseRoot(
  tree: FileTree,
  contents: ReadonlyMap<string, string>,
  open: OpenFolder,
  { root }: AnalyzeOptions,
): Promise<Roots> {
  if (root !== undefined) {
    const value = root.replace(/^(?:\.\/)+|^\.$|(?<!\/)\/+$/g, '');
    if (value !== '' && !tree.paths.some((path) => path.startsWith(`${value}/`)))
      throw new DeliveryError('ROOT_NOT_FOUND', `There is no folder ${root} with files in it. Name one from the top of the repository.`);
    return { root: { value, rule: 'root-option', confidence: 'high' } };
  }
  return findRoots(tree.paths, async (candidate) => {
    const { paths, sources } = await open(candidate);
    return createProject({ root: candidate, paths, contents, sources, notes: [] });
  });
}

/** The nearest folder around an application that names it as a member. */
function findWorkspace(tree: FileTree, contents: ReadonlyMap<string, string>, root: string, notes: Note[]): Project | undefined {
  if (root === '') return undefined;
  const names = root.split('/').slice(0, maxFolders);
  for (const count of names.keys().toArray().toReversed()) {
    const folder = names.slice(0, count).join('/');
    const around = createProject({ root: folder, paths: listInner(tree.paths, folder), contents, sources: [], notes });
    if (listMembers(around).includes(names.slice(count).join('/'))) return around;
  }
  return undefined;
}

/** What lies deeper is not read either. */
const maxFolders = 8;

/** What is looked at of a folder and the folders in it. */
interface Folder {
  readonly paths: readonly string[];
  readonly sources: readonly SourceFile[];
  readonly notes: readonly Note[];
}

type OpenFolder = (root: string) => Promise<Folder>;

/** The top, which is mostly the one, is read once. */
function createFolderOpener(tree: FileTree): OpenFolder {
  let top: Promise<Folder> | undefined;
  const read: OpenFolder = async (root) => {
    const notes: Note[] = [];
    const paths = listInner(tree.paths, root);
    return { paths, sources: await readSources(tree, root, paths, notes), notes };
  };
  return (root) => (root === '' ? (top ??= read(root)) : read(root));
}

async function readSources(tree: FileTree, root: string, paths: readonly string[], notes: Note[]): Promise<SourceFile[]> {
  const { chosen, total } = listSources(paths);
  if (chosen.length < total)
    notes.push({ message: `Only ${chosen.length} of ${total} source files were read, those nearest to the root.` });
  const place = (path: string): string => (root === '' ? path : `${root}/${path}`);
  const texts = await readTexts(tree, chosen.map(place), maxSourceBytes, []);
  return chosen.flatMap((path) => {
    const text = texts.get(place(path));
    return text === undefined || isOtherProgram(path, text) ? [] : [{ path, text }];
  });
}

async function readTexts(tree: FileTree, paths: readonly string[], maxBytes: number, notes: Note[]): Promise<Map<string, string>> {
  const contents = await tree.read(paths, maxBytes);
  for (const path of paths) {
    if (!contents.has(path))
      notes.push({ file: path, message: `It cannot be read or is larger than ${maxBytes / 1024} KiB, and was left out.` });
  }
  return new Map([...contents].map(([path, content]) => [path, content.toString('utf8')]));
}

/** The files below a folder, relative to it, the shallowest first. */
function listInner(paths: readonly string[], root: string): string[] {
  const inner = root === '' ? paths : paths.filter((path) => path.startsWith(`${root}/`)).map((path) => path.slice(root.length + 1));
  const isForeign = createFolderTest(isForeignFolder);
  return inner.filter((path) => !isForeign(path));
}

/** A manifest that is a link is the one that one would wonder about. */
function noteLinks(links: readonly string[], root: string, notes: Note[]): void {
  const isSecondary = createFolderTest(isSecondaryFolder);
  const inner = links.filter((path) => (root === '' || path.startsWith(`${root}/`)) && !isSecondary(path));
  for (const file of listManifests(inner)) notes.push({ file, message: 'It is a symbolic link, and none is followed.' });
}

function keepFirst(answers: readonly Answer<string>[]): Answer<string>[] {
  return answers.filter(({ value }, index) => answers.findIndex((other) => other.value === value) === index);
}
