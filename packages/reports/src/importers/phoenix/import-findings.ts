import { anonymizeFinding } from './anonymize-finding.ts';
import { AssetSpool } from './asset-spool.ts';
import type { SpooledAsset } from './asset-spool.ts';
import { createPhoenixClient } from './phoenix-client.ts';
import { PhoenixError } from './phoenix-error.ts';
import { assetTypes } from './phoenix-import.ts';
import type { FindingsImport, ImportOutcome, PhoenixTarget } from './phoenix-import.ts';
import { countFindings, planBatches } from './plan-batches.ts';
import type { Assessment, BatchLimits, Portion } from './plan-batches.ts';
import { changedError, sendAssessment } from './send-assessment.ts';
import type { Progress } from './send-assessment.ts';
import { toAsset } from './to-asset.ts';
import { listLacks, toPhoenixFinding } from './to-phoenix-finding.ts';

const mostBatchBytes = 200_000_000;

/**
 * Imports findings to Phoenix, in batches of whole assets. The first batch of an assessment is of the type of import that was asked for and every
 * other one is `delta`, so that none closes what another opened. What the ledger says to be imported is not sent again.
 *
 * Findings that the report itself says not to count are left out. Resolves when everything is imported; throws `PhoenixError` with how far it came,
 * and the signal's reason.
 */
export async function importFindings(task: FindingsImport): Promise<ImportOutcome> {
  const { target, credentials, options, ledger, signal, onProgress = () => {} } = task;
  const client = createPhoenixClient({
    url: target.url,
    credentials,
    connection: options,
    signal,
    onWait: (seconds, reason) => onProgress({ type: 'waiting', seconds, reason }),
  });
  using spool = new AssetSpool(options.workDirectory);
  const skipped = await spoolFindings(task, spool);
  const limits: BatchLimits = {
    maxBatchBytes: Math.min(options.maxBatchBytes ?? 15_000_000, mostBatchBytes),
    maxBatchAssets: options.maxBatchAssets ?? 50,
  };
  const assessments = listAssessments(target, spool.settle()).map(({ assessment, assets }) => ({
    assessment,
    batches: planBatches(assessment, assets, spool, limits),
  }));
  // An assessment without findings is told so, lest those that it has stay open.
  const isClosing = target.importType !== 'delta';
  for (const { batches } of assessments) if (batches.length === 0 && isClosing) batches.push([]);

  const progress = createProgress(assessments, skipped);
  onProgress({ type: 'planned', batches: progress.outcome().batches.total, outcome: progress.outcome() });
  const entries = new Map((await ledger.list()).map((entry) => [entry.batch, entry]));
  if ([...entries.keys()].some((batch) => Number.parseInt(batch, 10) > progress.outcome().batches.total)) throw changedError();
  try {
    let number = 1;
    for (const { assessment, batches } of assessments) {
      await sendAssessment({ assessment, batches, firstNumber: number, spool, client, ledger, entries, progress, task });
      number += batches.length;
    }
  } catch (error) {
    throw error instanceof PhoenixError ? new PhoenixError(error.code, error.message, progress.outcome()) : error;
  }
  const outcome = progress.outcome();
  if (outcome.batches.refused === 0) return outcome;
  const message = `Phoenix did not take ${outcome.batches.refused} of ${outcome.batches.total} batches. ${progress.firstRefusal}`;
  throw new PhoenixError('PHOENIX_REFUSED', message, outcome);
}

/** Returns how many findings are not sent, by reason. */
async function spoolFindings({ findings, target, options, signal }: FindingsImport, spool: AssetSpool): Promise<Record<string, number>> {
  const choice = {
    ...(target.assetType && { assetType: target.assetType }),
    assetName: target.assetName ?? target.assessmentName,
    isNamed: target.assetName !== undefined,
  };
  const skipped: Record<string, number> = {};
  const skip = (reason: string): void => void (skipped[reason] = (skipped[reason] ?? 0) + 1);
  const lacking: Record<string, number> = {};
  let hasMisfits = false;
  for await (const reported of findings) {
    signal?.throwIfAborted();
    const finding = options.pseudonymKey === undefined ? reported : anonymizeFinding(reported, options.pseudonymKey);
    const asset = toAsset(finding, choice);
    if (finding.suppression) {
      skip('suppressed');
      if (options.includesCleanAssets && !('problem' in asset)) spool.addAsset(asset);
      continue;
    }
    if ('problem' in asset) {
      hasMisfits = true;
      skip(asset.problem);
      continue;
    }
    if (options.completesFindings === false) {
      for (const lack of listLacks(finding, asset.type)) lacking[lack] = (lacking[lack] ?? 0) + 1;
    }
    spool.add(asset, JSON.stringify(toPhoenixFinding(finding, asset.type, options)));
  }
  const lacks = Object.entries(lacking).map(([what, count]) => `${count} have no ${what}`);
  if (lacks.length > 0)
    throw new PhoenixError('PHOENIX_INCOMPLETE', `Phoenix asks for more than the findings tell: ${lacks.join(', ')}. Nothing was sent.`);
  if (hasMisfits && spool.findingCount === 0) {
    const reasons = Object.keys(skipped).filter((reason) => reason !== 'suppressed');
    throw new PhoenixError(
      'PHOENIX_NOTHING_FITS',
      `None of the findings can be told of an asset of type ${target.assetType}: each ${reasons.join(' or ')}. Choose another type, or give the name of the asset.`,
    );
  }
  if (options.includesCleanAssets && spool.assetCount === 0 && target.assetType) {
    const asset = toAsset({ tool: { name: '', format: '' } }, { ...choice, isNamed: true });
    if (!('problem' in asset)) spool.addAsset(asset);
  }
  return skipped;
}

/** By type of asset, in the order of the types. */
function listAssessments(target: PhoenixTarget, assets: readonly SpooledAsset[]): { assessment: Assessment; assets: SpooledAsset[] }[] {
  const present = assetTypes.filter((type) => assets.some((asset) => asset.type === type));
  if (present.length === 0 && target.assetType) present.push(target.assetType);
  if (present.length === 0 && target.importType !== 'delta')
    throw new PhoenixError(
      'PHOENIX_ASSET_TYPE_MISSING',
      'There are no findings, so nothing tells which type the assessment is of that is clean now. State the type of its assets.',
    );
  return present.map((assetType) => ({
    assessment: { name: present.length === 1 ? target.assessmentName : `${target.assessmentName} (${assetType})`, assetType },
    assets: assets.filter((asset) => asset.type === assetType),
  }));
}

function createProgress(
  assessments: readonly { readonly assessment: Assessment; readonly batches: readonly (readonly Portion[])[] }[],
  skipped: Readonly<Record<string, number>>,
): Progress {
  const planned = assessments.flatMap(({ batches }) => batches);
  const batches = { total: planned.length, imported: 0, refused: 0 };
  const findings = { total: countFindings(planned.flat()), imported: 0 };
  const assets = { total: new Set(planned.flat().map(({ asset }) => asset)).size, imported: 0 };
  let firstRefusal = '';
  return {
    get firstRefusal() {
      return firstRefusal;
    },
    outcome: () => ({
      batches: { ...batches },
      assets: { ...assets },
      findings: { ...findings },
      skipped,
      assessments: assessments.map(({ assessment }) => assessment),
    }),
    halved: () => void batches.total++,
    imported(portions) {
      batches.imported++;
      findings.imported += countFindings(portions);
      // One that is divided counts when its last part is there.
      assets.imported += portions.filter(({ asset, to }) => to === asset.to).length;
    },
    refused(message) {
      batches.refused++;
      firstRefusal ||= message;
    },
  };
}
