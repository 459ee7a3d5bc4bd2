import { matchesGlob } from 'node:path';
import type { Ambiguity, Detection, Note } from './analysis.ts';
import type { Answer } from './answer.ts';
import { createFolderTest } from './choose-files.ts';
import { isDelegating, isWorkspace, listNxApplications } from './find-delegating.ts';
import { findDockerfile } from './find-dockerfile.ts';
import { findProcesses } from './find-processes.ts';
import { findStartScript } from './find-start-script.ts';
import { findUnstarted } from './find-unstarted.ts';
import { isForeignFolder, isSecondaryFolder } from './is-foreign-folder.ts';
import { isLibrary } from './is-library.ts';
import type { Project } from './project.ts';
import { listCopied } from './read-dockerfile.ts';
import { detectors } from './registry.ts';

/** Manifests that an application may begin with. */
const beginning =
  /(?:^|\/)(?:package\.json|deno\.jsonc?|pyproject\.toml|requirements\.txt|Pipfile|manage\.py|go\.mod|Gemfile|composer\.json|pom\.xml|build\.gradle(?:\.kts)?|[\w.-]+\.(?:cs|fs)proj|Cargo\.toml|mix\.exs|Procfile|Dockerfile|Staticfile|start\.sh|index\.html)$/;

const maxDepth = 4;
const maxCandidates = 24;

/** The folder of the application, or the question which it is, and what is to be said about it. */
export interface Roots {
  readonly root: Answer<string>;
  readonly ambiguity?: Ambiguity;
  readonly note?: Note;
}

interface Candidate {
  readonly answer: Answer<string>;
  readonly judgement: Judgement;
  readonly hasOwnStart: boolean;
}

const top: Answer<string> = { value: '', rule: 'root-top', confidence: 'high' };

/**
 * Finds the folder of the application: the top when there is one, else the only folder that holds one. Several are a question to the user.
 * `open` makes a project of a folder.
 */
export async function findRoots(paths: readonly string[], open: (root: string) => Promise<Project>): Promise<Roots> {
  const topProject = await open('');
  const isApplication = judge(topProject) !== undefined;
  if (isApplication && !isStartedBelow(topProject)) return { root: top };
  const found = await judgeCandidates(paths, open);
  if (isApplication) return chooseMember(topProject, found);
  const outer = listOuter(found);
  const unstarted = findUnstarted(
    topProject,
    outer.map(({ answer }) => answer.value),
  );
  if (unstarted === undefined) return chooseRoot(outer.map(({ answer }) => answer));
  // A page beside code is a part of it.
  const others = outer.filter(({ judgement }) => judgement !== 'page').map(({ answer }) => answer);
  const note = {
    file: unstarted.manifest,
    message: 'Nothing says how the program at the top is started. A Procfile, a Dockerfile or start_command in deployguard.yaml would.',
  };
  if (others.length > 0 && unstarted.kind === 'code') return chooseRoot(others);
  if (others.length === 0) return { ...chooseRoot([]), ...(outer.length > 0 || unstarted.kind === 'program' ? { note } : {}) };
  const own = topProject.answer('', { rule: 'root-unstarted', confidence: 'low', file: unstarted.manifest });
  return { ...chooseRoot([own, ...others]), note };
}

async function judgeCandidates(paths: readonly string[], open: (root: string) => Promise<Project>): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const candidate of listCandidates(paths)) {
    const project = await open(candidate);
    const file = project.paths.find((path) => beginning.test(path));
    const judgement = judge(project);
    if (judgement === undefined) continue;
    const answer = project.answer(candidate, { rule: 'root-only-application', confidence: 'medium', ...(file !== undefined && { file }) });
    found.push({ answer, judgement, hasOwnStart: hasOwnStart(project) });
  }
  return found;
}

function listOuter(found: readonly Candidate[]): Candidate[] {
  // Beside applications, what can be started only perhaps is a library of theirs.
  const certain = found.filter(({ judgement }) => judgement !== 'possible');
  const likely = certain.length > 0 ? certain : found;
  // Where applications have a folder of their own, the others are what they share.
  const hasFolder = likely.some(({ answer }) => answer.value.startsWith('apps/'));
  const applications = likely.filter(({ answer, hasOwnStart: isNamed }) => !hasFolder || isNamed || !shared.test(answer.value));
  // What lies inside an application is a part of it.
  return applications.filter(({ answer }) => !applications.some((other) => answer.value.startsWith(`${other.answer.value}/`)));
}

const shared = /^(?:packages|libs?|shared|tooling|tools)\//;

function chooseRoot(applications: readonly Answer<string>[]): Roots {
  const [only, ...others] = applications;
  if (only === undefined) return { root: { ...top, rule: 'root-no-application', confidence: 'low' } };
  if (others.length === 0) return { root: only };
  return {
    root: { ...top, rule: 'root-several-applications', confidence: 'low' },
    ambiguity: {
      field: 'root',
      message: `There are ${applications.length} applications. Choose one with --root.`,
      choices: applications.map((answer) => ({ ...answer, value: answer.value || '.', rule: 'root-application' })),
    },
  };
}

/** Where the start of the top only starts what lies below, that is asked for. */
function isStartedBelow(project: Project): boolean {
  if (hasOwnStart(project) || !isWorkspace(project)) return false;
  const detections = detectors.flatMap((detect) => detect(project) ?? []);
  const [only, ...others] = detections.filter(isStarted);
  return only?.startCommand !== undefined && others.length === 0 && isDelegating(project, only.startCommand);
}

/** Of the members that serve; without one, the top it is. */
function chooseMember(topProject: Project, found: readonly Candidate[]): Roots {
  const certain = listOuter(found.filter(({ judgement }) => judgement === 'certain')).map(({ answer }) => answer);
  const others = listNxApplications(topProject).filter((folder) => !certain.some(({ value }) => value === folder));
  const applications = [
    ...certain,
    ...others.map((folder) =>
      topProject.answer(folder, { rule: 'root-only-application', confidence: 'medium', file: `${folder}/project.json` }),
    ),
  ];
  return applications.length === 0 ? { root: top } : chooseRoot(applications);
}

/** They give a start command to a library as well, which has an entry too. */
const rulesOfLibraries = ['node-main', 'node-entry-file', 'python-project-script'];

type Judgement = 'certain' | 'possible' | 'page';

/**
 * Whether it can be deployed: it has what to start, what to serve, or says how its image is built. It is only possible where a library would have
 * the same.
 */
function judge(project: Project): Judgement | undefined {
  const dockerfile = findDockerfile(project);
  if (findProcesses(project).length > 0) return 'certain';
  const isCode = project.sources.length > 0 || project.paths.some((path) => beginning.test(path) && !path.endsWith('Dockerfile'));
  if (dockerfile !== undefined && isCode) return 'certain';
  // Only the settings of a server, or how to make the image of what lies elsewhere.
  if (dockerfile !== undefined) return project.root === '' || hasCopied(project, dockerfile.path.value) ? 'possible' : undefined;
  const detections = detectors.flatMap((detect) => detect(project) ?? []);
  if (project.root !== '' && isLibrary(project)) return detections.some(isStarted) ? 'possible' : undefined;
  const certain = detections.filter(isStarted);
  if (findStartScript(project) !== undefined) return 'certain';
  if (certain.length > 0) return certain.every(({ language }) => language.rule === 'static-index-page') ? 'page' : 'certain';
  return detections.some(({ startCommand }) => startCommand !== undefined) ? 'possible' : undefined;
}

function isStarted({ startCommand, staticOutput, ambiguities = [], isIncomplete = false }: Detection): boolean {
  return (
    isIncomplete ||
    (startCommand !== undefined && !isAsOfLibrary(startCommand)) ||
    staticOutput !== undefined ||
    ambiguities.some(({ field }) => field === 'startCommand')
  );
}

/** Whether authors say for this folder how it is started, apart from what its manifest says. */
function hasOwnStart(project: Project): boolean {
  return findProcesses(project).length > 0 || findDockerfile(project) !== undefined || findStartScript(project) !== undefined;
}

/** Whether what the Dockerfile copies lies in its folder, or it copies nothing. What a variable stands for could be anything. */
function hasCopied(project: Project, dockerfile: string): boolean {
  const copied = listCopied(project.text(dockerfile) ?? '').map((path) =>
    path.replaceAll(/\$(?:\{\w{1,128}[^{}]{0,200}\}|\w{1,128})/g, '*'),
  );
  const others = project.paths.filter((path) => path !== dockerfile);
  return copied.every((path) => path === '.' || others.some((other) => other.startsWith(`${path}/`) || matchesGlob(other, path)));
}

function isAsOfLibrary({ rule, confidence }: Answer<string>): boolean {
  return confidence === 'low' && rulesOfLibraries.includes(rule);
}

function listCandidates(paths: readonly string[]): string[] {
  // A theme is part of the site that it gives its looks.
  const isElsewhere = createFolderTest((name) => isForeignFolder(name) || isSecondaryFolder(name) || name === 'themes');
  const folders = new Set(
    paths
      .filter((path) => beginning.test(path) && path.includes('/') && path.split('/').length <= maxDepth + 1)
      .filter((path) => !isElsewhere(path) && !/(?:^|\/)\./.test(path))
      // A page is part of the application around it, mostly.
      .filter((path) => !path.endsWith('/index.html') || path.split('/').length === 2)
      .map((path) => path.slice(0, path.lastIndexOf('/'))),
  );
  return [...folders].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1)).slice(0, maxCandidates);
}
