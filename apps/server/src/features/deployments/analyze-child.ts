import type { DeploymentConfig } from '@deployguard/contracts';
import { analyzeTree, openGitTree } from '@deployguard/delivery';
import type { Analysis } from '@deployguard/delivery';
import { cloneRepository, encodeName, openLocalRepository } from '@deployguard/git';
import type { Repository } from '@deployguard/git';
import { createProgress, toTransfer } from '../../platform/children/index.ts';
import type { Remote } from '../../platform/children/index.ts';
import type { ChildContext } from '../../platform/tasks/index.ts';
import { assertApplication } from './assert-application.ts';
import { DeploymentError } from './deployment-error.ts';
import type { CleanCommit } from './deployment-queries.ts';
import { explainUnreachable } from './explain-unreachable.ts';
import { judgeSecrets, listAccepted, listBlocking } from './judge-secrets.ts';
import type { GateVerdict } from './judge-secrets.ts';
import { mergeConfigs } from './merge-configs.ts';

export interface AnalyzeOrder {
  /** The repository is left in it. */
  readonly workDirectory: string;
  readonly source: { readonly remote: Remote } | { readonly bundle: string };
  /** There is one user, who is told all of what could not be reached. */
  readonly isForOne: boolean;
  /** Whether it runs in containers. */
  readonly isImageBuilt: boolean;
  readonly branch: string | null;
  /** Null: the newest of the branch. */
  readonly commit: string | null;
  /** Commits in whose history nothing was found before. */
  readonly clean: readonly CleanCommit[];
  /** Base64. */
  readonly fingerprintKey: string;
  /** Findings that are accepted. */
  readonly accepted: readonly string[];
  /** What the request says. */
  readonly config: DeploymentConfig;
}

export interface AnalyzeResult {
  readonly commit: string;
  readonly gate: GateVerdict;
  /** Undefined when the gate is closed. */
  readonly application?: {
    readonly gitDirectory: string;
    readonly analysis: Analysis;
    readonly config: DeploymentConfig;
  };
}

type Report = ReturnType<typeof createProgress>;

/** Where a repository says how it is deployed; the first one that is there counts. */
const configFiles = ['deployguard.yaml', 'deployguard.yml', 'deployer.yaml', 'deployer.yml'] as const;

/** Of what a scan could not read; each is one kind of thing and one reason. */
const listedLeftOut = 50;

const maxConfigBytes = 256 * 1024;

/** Runs in a process of its own: clones what a stranger named, scans the history of the commit and looks at its files. */
export async function handle(order: AnalyzeOrder, context: ChildContext): Promise<AnalyzeResult> {
  const report = createProgress(context);
  // It stays open for the build; it goes with the work directory.
  const repository = await openRepository(order, context, report);
  const commit = await findCommit(repository, order);
  await context.log(`Commit ${commit.slice(0, 12)}`);
  const gate = await judge(repository, commit, order, context, report);
  for (const line of gate.left_out ?? []) await context.log(line);
  if (gate.blocked > 0) {
    for (const line of listBlocking(gate)) await context.log(line);
    return { commit, gate };
  }

  await context.progress(26, 'Looking at the files');
  const tree = await openGitTree({ ...repository, head: commit });
  const config = mergeConfigs(await readConfig(tree, context), order.config);
  const { root, dockerfile } = config.application ?? {};
  const analysis = await analyzeTree(tree, {
    isImageBuilt: order.isImageBuilt,
    ...(root !== undefined && { root }),
    ...(dockerfile !== undefined && { dockerfile: dockerfile === 'none' ? false : dockerfile }),
  });
  for (const { file, message } of analysis.notes.slice(0, 20)) await context.log(file === undefined ? message : `${file}: ${message}`);
  assertApplication(tree.paths, analysis, config);
  return { commit, gate, application: { gitDirectory: repository.gitDir, analysis, config } };
}

/** The id of a commit tells all of its history: what was scanned once needs no second time. */
async function judge(
  repository: Repository,
  commit: string,
  { clean, fingerprintKey, accepted }: AnalyzeOrder,
  context: ChildContext,
  report: Report,
): Promise<GateVerdict> {
  const known = clean.find((each) => each.commit === commit);
  if (known !== undefined) {
    await context.log('No secret stops this deployment: the history of this commit was scanned before.');
    return { blocked: 0, findings: [], left_out: known.leftOut };
  }
  // Of all that is loaded here, it is the most.
  const { describeSkipped, scanRepository } = await import('@deployguard/secrets');
  const found = await scanRepository(repository, {
    scope: { kind: 'range', revisions: [commit] },
    fingerprintKey: Buffer.from(fingerprintKey, 'base64'),
    onProgress: (progress) => report([15, 25], 'Scanning the history for secrets', progress),
    signal: context.signal,
  });
  const gate = { ...judgeSecrets(found, accepted), left_out: found.coverage.skipped.slice(0, listedLeftOut).map(describeSkipped) };
  if (gate.blocked === 0) for (const line of listAccepted(gate)) await context.log(line);
  return gate;
}

async function openRepository(
  { source, workDirectory, branch, isForOne }: AnalyzeOrder,
  context: ChildContext,
  report: Report,
): Promise<Repository> {
  const { signal } = context;
  if ('bundle' in source) {
    await context.progress(2, 'Unpacking the upload');
    return openLocalRepository(source.bundle, { workDirectory, signal });
  }
  await context.log(`Cloning ${source.remote.url}`);
  const { url } = source.remote;
  const noted: string[] = [];
  const note = (text: string): Promise<void> => {
    noted.push(text);
    return context.note(text);
  };
  const transfer = await toTransfer(source.remote, workDirectory, { note });
  return cloneRepository(url, {
    ...transfer,
    workDirectory,
    signal,
    ...(branch === null ? {} : { branch }),
    onProgress: (progress) => report([1, 15], `Cloning: ${progress.phase}`, progress),
  }).catch((error: unknown) => {
    throw explainUnreachable(error, { url, noted, isForOne });
  });
}

async function findCommit({ git, head, refs }: Repository, { branch, commit }: AnalyzeOrder): Promise<string> {
  // Names of refs are bytes, and an argument of git is text: it is given what they lead to.
  const names = branch === null ? [head] : ['refs/heads/', 'refs/tags/'].map((folder) => folder + encodeName(branch));
  const named = refs.find(({ name }) => names.includes(name))?.target ?? (branch === null ? head : undefined);
  const wanted = commit ?? named;
  if (wanted === undefined) {
    throw new DeploymentError(
      'COMMIT_NOT_FOUND',
      branch === null ? 'The repository has no commit that could be deployed.' : `There is no branch ${branch}.`,
    );
  }
  try {
    return (await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${wanted}^{commit}`])).toString('latin1').trim();
  } catch {
    throw new DeploymentError(
      'COMMIT_NOT_FOUND',
      `There is no commit ${wanted} in what was ${branch === null ? 'fetched' : `fetched of ${branch}`}.`,
    );
  }
}

async function readConfig(tree: Awaited<ReturnType<typeof openGitTree>>, context: ChildContext): Promise<DeploymentConfig> {
  const [file] = configFiles.filter((name) => tree.paths.includes(name));
  if (file === undefined) return {};
  const content = (await tree.read([file], maxConfigBytes)).get(file);
  if (content === undefined) throw new DeploymentError('CONFIG_INVALID', `${file}: it is larger than ${maxConfigBytes / 1024} KiB.`);
  // Most repositories have none: what judges a schema takes as long to load as all the rest.
  const { parseRepositoryConfig } = await import('./repository-config.ts');
  const { config, ignored } = parseRepositoryConfig(content, file);
  await context.log(`Configuration: ${file}`);
  if (ignored.length > 0)
    await context.log(`${file}: ${ignored.join(', ')} ${ignored.length === 1 ? 'has' : 'have'} no effect on one machine.`);
  return config;
}
