import { DeliveryError } from '../delivery-error.ts';
import type { Ambiguity, Analysis, Detection, Note } from './analysis.ts';
import type { Answer } from './answer.ts';
import { createFolderTest, listManifests, maxManifestBytes } from './choose-files.ts';
import { chooseLanguage } from './choose-language.ts';
import { chooseStart } from './choose-start.ts';
import type { FileTree } from './file-tree.ts';
import { findAddress } from './find-address.ts';
import { findAssets } from './find-assets.ts';
import { findContainer } from './find-container.ts';
import type { DockerfileFacts } from './find-dockerfile.ts';
import { findEnvVars } from './find-env-vars.ts';
import { findProcesses, findServedPages } from './find-processes.ts';
import { findRoots, type Roots } from './find-roots.ts';
import { findStartScript } from './find-start-script.ts';
import { isSecondaryFolder } from './is-foreign-folder.ts';
import { listMembers } from './list-members.ts';
import { createFolderOpener, listInner, readTexts, type OpenFolder } from './open-folders.ts';
import { createProject, type Project } from './project.ts';
import { detectors } from './registry.ts';
import { resourcesOf } from './resources.ts';
import { isDatabaseEmbedded, weighServices } from './services-of.ts';
import { findImageLanguage } from './started-language.ts';

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
  const isAsked = ambiguities.some(({ field }) => field === 'startCommand');
  if (isImageBuilt && dockerfile?.stages !== undefined) noteStage(project, dockerfile.path.value, dockerfile.stages);
  const ofProcfile = web && { ...web, value: web.value.command };
  const isStatic = staticOutput !== undefined;
  const start = chooseStart(project, { dockerfile, isImageBuilt, compose, ofProcfile, own, isStatic, isAsked });
  const { startCommand } = start;
  // An image that starts something, and a web process, serve the files themselves.
  const served = !start.isOfDockerfile && web === undefined && ambiguity === undefined ? staticOutput : undefined;
  const envVars = findEnvVars(project);
  const ofLanguage = { language: facts.language?.value, port: ownPort, healthPath: facts.healthPath };
  const { port, healthPath } = findAddress(project, { dockerfile, isImageBuilt, compose, start, envVars, ofLanguage });
  const release = processes.find(({ value }) => value.name === 'release');
  const ownCommand = isImageBuilt && dockerfile?.startCommand && ofImage ? ofImage.releaseCommand : ownRelease;
  const releaseCommand = (release && { ...release, value: release.value.command }) ?? ownCommand;
  for (const { about, file, message } of remarks)
    if (about === 'start' ? !start.isNamed : dockerfile === undefined || !isImageBuilt) project.note(file, message);
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
      ...ambiguities.filter(({ field }) => field !== 'startCommand' || !start.isNamed),
      ...ofAssets,
    ],
  };
}

function noteStage(project: Project, file: string, { last, better }: NonNullable<DockerfileFacts['stages']>): void {
  project.note(file, `The last stage, which is built, is \`${last}\`. If \`${better}\` is for users, put it last.`);
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

function keepFirst(answers: readonly Answer<string>[]): Answer<string>[] {
  return answers.filter(({ value }, index) => answers.findIndex((other) => other.value === value) === index);
}

/** A manifest that is a link is the one that one would wonder about. */
function noteLinks(links: readonly string[], root: string, notes: Note[]): void {
  const isSecondary = createFolderTest(isSecondaryFolder);
  const inner = links.filter((path) => (root === '' || path.startsWith(`${root}/`)) && !isSecondary(path));
  for (const file of listManifests(inner)) notes.push({ file, message: 'It is a symbolic link, and none is followed.' });
}
