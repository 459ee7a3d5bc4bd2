import { extname } from 'node:path';
import type { DeploymentConfig } from '@deployguard/contracts';
import { assertDecided, planBuild, pushSignature } from '@deployguard/delivery';
import type { BuildOverrides } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import { sealStorage } from '../../platform/storage/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { createWorkDirectory, findSourceKey, openRemote, runJobChild } from '../jobs/index.ts';
import type { WorkDirectory } from '../jobs/index.ts';
import type { AnalyzeOrder, AnalyzeResult } from './analyze-child.ts';
import type { ApplicationRow } from './application-queries.ts';
import { buildArtifact, standByToBuild } from './build-artifact.ts';
import { listBackground } from './background-processes.ts';
import type { BuiltArtifact } from './build-artifact.ts';
import { engineOf } from './container-engine.ts';
import { createRelease } from './create-release.ts';
import { chooseReleaseCommand } from './choose-release-command.ts';
import { isForOne } from './choose-target.ts';
import { DeploymentError } from './deployment-error.ts';
import type { DeploymentRow } from './deployment-queries.ts';
import { listCleanCommits, updateDeployment } from './deployment-queries.ts';
import { findExcess, findTooMany } from './find-excess.ts';
import { describeVerdict } from './judge-secrets.ts';
import { moveDeployment } from './move-deployment.ts';
import type { ReleaseRow } from './release-queries.ts';
import { describeServices } from './describe-services.ts';
import { buildRunSpec, listLowered } from './release-spec.ts';
import { scannerVersion } from './scanner-version.ts';
import { signRelease } from './sign-release.ts';
import type { SignedRelease } from './sign-release.ts';
import { summarizeAnalysis } from './summarize-analysis.ts';

const analyzeChild = new URL(`./analyze-child${extname(import.meta.filename)}`, import.meta.url);

/** From a repository to a release: fetched, judged, analysed, built. An attempt that was cut off begins anew; what was built is found again. */
export async function buildRelease(
  platform: Platform,
  application: ApplicationRow,
  deployment: DeploymentRow,
  context: TaskContext,
): Promise<ReleaseRow> {
  await using work = await createWorkDirectory(platform);
  await context.fenced((tx) => moveDeployment(tx, deployment.id, { from: ['QUEUED', 'ANALYZING', 'BUILDING'], to: 'ANALYZING' }));
  await using builder = standByToBuild(platform, application, context);
  const analyzed = await analyze(platform, application, deployment, work, context);
  const { commit, gate } = analyzed;
  const { analysis, config } = analyzed.application ?? {};
  const metadata = JSON.stringify({ gate, scanner: scannerVersion, ...(analysis && { analysis: summarizeAnalysis(analysis) }) });
  await context.fenced((tx) => updateDeployment(tx, deployment.id, ['ANALYZING'], { git_sha: commit, metadata }));
  if (analyzed.application === undefined) throw new DeploymentError('SECRETS_FOUND', describeVerdict(gate));

  const { background, remarks } = listBackground(analysis!, config!);
  const release = chooseReleaseCommand(analysis!, config!);
  for (const remark of [...remarks, ...describeServices(analysis!, config!)]) await context.log(remark);
  if (release.remark !== undefined) await context.log(release.remark);
  const excess = findExcess(config!, platform.config, background);
  if (excess !== undefined) throw new DeploymentError('LIMIT_EXCEEDED', `deployment.${excess.path.join('.')} ${excess.message}.`);
  const tooMany = findTooMany({ instances: config!.application?.replicas ?? 1, background }, application, platform.config);
  if (tooMany !== undefined) throw new DeploymentError('LIMIT_EXCEEDED', tooMany);

  await context.fenced((tx) => moveDeployment(tx, deployment.id, { from: ['ANALYZING'], to: 'BUILDING' }));
  const plan = planBuild(analysis!, overridesOf(config!));
  assertDecided(plan, analysis!, application.target === 'container');
  const built = await buildArtifact(platform, application, deployment, { ...analyzed.application, commit, plan, work, builder }, context);
  const signed = await signRelease(platform.keyring, built, built.description);
  await publishSignature(platform, built, signed, work, context);
  const { env_vars: configured = {} } = config!.application ?? {};
  const facts = {
    commands: { ...built.commands, ...(release.command !== undefined && { release: release.command }) },
    port: built.port,
    healthPath: analysis!.healthPath?.value,
    resources: analysis!.resources?.value,
    background,
  };
  const run = buildRunSpec(facts, config!, platform.config);
  for (const remark of listLowered(run, facts, config!)) await context.log(remark);
  const parts = {
    gitSha: commit,
    artifact: built.artifact,
    run,
    environment: { ...built.environment, ...configured },
    configured: Object.keys(configured),
    ...signed,
  };
  return context.fenced((tx) => createRelease(tx, platform, deployment, parts, ['BUILDING']));
}

/** Where images are pushed to, so are their signatures. Whoever wants to check one elsewhere needs it there; a start here does not. */
async function publishSignature(
  { config, keyring }: Platform,
  { name, artifact }: BuiltArtifact,
  { evidence }: SignedRelease,
  { path: workDirectory }: WorkDirectory,
  context: TaskContext,
): Promise<void> {
  if (config.containers.registry === undefined || evidence.imageSignature === undefined) return;
  const { environment } = engineOf(config);
  const publicKeys = [keyring.publicKey];
  const image = { repository: name, digest: artifact.digest };
  const pushed = await pushSignature(image, evidence.imageSignature, { publicKeys, environment, workDirectory, signal: context.signal });
  await context.log(pushed.isPushed ? 'The signature stands in the registry.' : `The signature is not in the registry: ${pushed.reason}.`);
}

async function analyze(
  platform: Platform,
  { id: applicationId, target }: ApplicationRow,
  deployment: DeploymentRow,
  work: WorkDirectory,
  context: TaskContext,
): Promise<AnalyzeResult> {
  const order: AnalyzeOrder = {
    workDirectory: work.path,
    source: await openSource(platform, deployment, work, context),
    isForOne: isForOne(platform.config),
    isImageBuilt: target === 'container',
    branch: deployment.branch,
    // A further attempt deploys what the first one found, wherever the branch is by now.
    commit: deployment.git_sha,
    clean: await context.fenced((tx) => listCleanCommits(tx, applicationId, scannerVersion)),
    fingerprintKey: platform.keyring.tenantKey(context.tenantId).toString('base64'),
    accepted: (deployment.waivers as readonly { readonly finding_id: string }[]).map(({ finding_id: id }) => id),
    config: deployment.config as DeploymentConfig,
  };
  return (await runJobChild(platform, analyzeChild, order, context)) as AnalyzeResult;
}

async function openSource(
  platform: Platform,
  deployment: DeploymentRow,
  work: WorkDirectory,
  context: TaskContext,
): Promise<AnalyzeOrder['source']> {
  if (deployment.repo_url !== null) {
    const { repo_url: url, credentials_id: credentialsId, user_id: userId } = deployment;
    return { remote: await openRemote(platform, { url, credentialsId, userId }) };
  }
  const key = await context.fenced((tx) => findSourceKey(tx, deployment.source_id!));
  if (key === undefined) throw new DeploymentError('COMMIT_NOT_FOUND', 'The upload is not kept any more. Upload it again.');
  const body = await sealStorage(platform.storage, platform.keyring).get(key);
  return { bundle: await work.save('upload.bundle', body, context.signal) };
}

function overridesOf({ application = {} }: DeploymentConfig): BuildOverrides {
  const {
    install_command: installCommand,
    assets_command: assetsCommand,
    build_command: buildCommand,
    start_command: startCommand,
  } = application;
  return {
    ...(installCommand && { installCommand }),
    ...(assetsCommand && { assetsCommand }),
    ...(buildCommand && { buildCommand }),
    ...(startCommand && { startCommand }),
  };
}
