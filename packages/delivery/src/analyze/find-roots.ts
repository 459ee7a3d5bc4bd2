import { matchesGlob } from 'node:path';
import type { Ambiguity } from './analysis.ts';
import type { Answer } from './answer.ts';
import { createFolderTest } from './choose-files.ts';
import { findDockerfile } from './find-dockerfile.ts';
import { findProcesses } from './find-processes.ts';
import { findStartScript } from './find-start-script.ts';
import { isForeignFolder, isSecondaryFolder } from './is-foreign-folder.ts';
import type { Project } from './project.ts';
import { listCopied } from './read-dockerfile.ts';
import { detectors } from './registry.ts';

/** Manifests that an application may begin with. */
const beginning =
  /(?:^|\/)(?:package\.json|deno\.jsonc?|pyproject\.toml|requirements\.txt|Pipfile|manage\.py|go\.mod|Gemfile|composer\.json|pom\.xml|build\.gradle(?:\.kts)?|[\w.-]+\.(?:cs|fs)proj|Cargo\.toml|mix\.exs|Procfile|Dockerfile|Staticfile|start\.sh|index\.html)$/;

const maxDepth = 4;
const maxCandidates = 24;

/**
 * Finds the folder of the application: the top when there is one, else the only folder that holds one. Several are a question to the user.
 * `open` makes a project of a folder.
 */
export async function findRoots(
  paths: readonly string[],
  open: (root: string) => Promise<Project>,
): Promise<{ root: Answer<string>; ambiguity?: Ambiguity }> {
  const top: Answer<string> = { value: '', rule: 'root-top', confidence: 'high' };
  const topProject = await open('');
  if (judge(topProject) !== undefined) return { root: top };

  const found: { readonly answer: Answer<string>; readonly isCertain: boolean }[] = [];
  for (const candidate of listCandidates(paths)) {
    const project = await open(candidate);
    const file = project.paths.find((path) => beginning.test(path));
    const judgement = judge(project);
    if (judgement === undefined) continue;
    const answer = project.answer(candidate, { rule: 'root-only-application', confidence: 'medium', ...(file !== undefined && { file }) });
    found.push({ answer, isCertain: judgement === 'certain' });
  }
  // Beside applications, what can be started only perhaps is a library of theirs.
  const certain = found.filter(({ isCertain }) => isCertain);
  const applications = (certain.length > 0 ? certain : found).map(({ answer }) => answer);
  // What lies inside an application is a part of it.
  const outer = applications.filter(({ value }) => !applications.some((other) => value.startsWith(`${other.value}/`)));
  const [only, ...others] = outer;
  if (only === undefined) return { root: { ...top, rule: 'root-no-application', confidence: 'low' } };
  if (others.length === 0) return { root: only };
  return {
    root: { ...top, rule: 'root-several-applications', confidence: 'low' },
    ambiguity: {
      field: 'root',
      message: `There are ${outer.length} applications. Choose one with --root.`,
      choices: outer.map((answer) => ({ ...answer, rule: 'root-application' })),
    },
  };
}

/** They give a start command to a library as well, which has an entry too. */
const rulesOfLibraries = ['node-main', 'node-entry-file', 'python-project-script'];

/**
 * Whether it can be deployed: it has what to start, what to serve, or says how its image is built. It is only possible where a library would have
 * the same.
 */
function judge(project: Project): 'certain' | 'possible' | undefined {
  const dockerfile = findDockerfile(project);
  if (findProcesses(project).length > 0) return 'certain';
  const isCode = project.sources.length > 0 || project.paths.some((path) => beginning.test(path) && !path.endsWith('Dockerfile'));
  if (dockerfile !== undefined && isCode) return 'certain';
  // Only the settings of a server, or how to make the image of what lies elsewhere.
  if (dockerfile !== undefined) return project.root === '' || hasCopied(project, dockerfile.path.value) ? 'possible' : undefined;
  const detections = detectors.flatMap((detect) => detect(project) ?? []);
  const isCertain = detections.some(
    ({ startCommand, staticOutput, ambiguities = [], isIncomplete = false }) =>
      isIncomplete ||
      (startCommand !== undefined && !isAsOfLibrary(startCommand)) ||
      staticOutput !== undefined ||
      ambiguities.some(({ field }) => field === 'startCommand'),
  );
  if (isCertain || findStartScript(project) !== undefined) return 'certain';
  return detections.some(({ startCommand }) => startCommand !== undefined) ? 'possible' : undefined;
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
