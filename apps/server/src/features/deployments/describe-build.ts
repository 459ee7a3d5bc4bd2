import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildSbom, listComponents, listImagePackages, runScanner } from '@deployguard/delivery';
import type { Artifact, ContainerEngine, FileTree, ScannerName } from '@deployguard/delivery';
import type { ChildContext } from '../../platform/tasks/index.ts';
import { readScanReport } from './read-scan-report.ts';
import type { ScanVerdict } from './release-evidence.ts';

/** How builds are looked at. */
export interface DescriptionOrder {
  readonly application: string;
  readonly scanner: ScannerName | 'auto' | 'none';
  /** All that a scanner sees of the environment. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface BuildDescription {
  /** The bill of materials (CycloneDX), in the work directory: what is large does not go through the pipe. */
  readonly sbomFile: string;
  readonly components: number;
  readonly scan: ScanVerdict;
}

interface Built extends DescriptionOrder {
  readonly tree: FileTree;
  readonly root: string;
  readonly commit: string;
  readonly artifact: Artifact;
  /** Where the image is, when it is one. */
  readonly image?: { readonly engine: ContainerEngine; readonly id: string };
  readonly workDirectory: string;
}

const scanSeconds = 600;

/** What was built is made of: the packages of its lock files and of the distribution in its image; and what a scanner knows of them. */
export async function describeBuild(built: Built, context: ChildContext): Promise<BuildDescription> {
  const { tree, root, artifact, image, workDirectory } = built;
  const { signal } = context;
  const own = await listComponents(tree, root);
  const system = image && (await listImagePackages(image.engine, image.id, { workDirectory, signal }));
  const all = {
    components: [...own.components, ...(system?.components ?? [])],
    files: [...own.files, ...(system?.files ?? [])],
    unread: own.unread,
  };
  const sbom = buildSbom({ application: built.application, commit: built.commit, ...(image && { imageDigest: artifact.digest }) }, all);
  const sbomFile = join(workDirectory, 'sbom.json');
  await writeFile(sbomFile, JSON.stringify(sbom), { mode: 0o600 });
  const sources = all.files.length === 0 ? 'no lock file names any' : all.files.join(', ');
  const [named, leftOut] = [sbom.components.length, all.components.length - sbom.components.length];
  const rest = leftOut === 0 ? '' : ` ${leftOut} more are left out: they are too many.`;
  await context.log(`Bill of materials: ${named} packages (${sources}).${rest}`);
  const scan = await lookForVulnerabilities(built, image ? { engine: image.engine, image: image.id } : { sbomFile }, context);
  await context.log(describeScan(scan));
  return { sbomFile, components: named, scan };
}

async function lookForVulnerabilities(
  { scanner, environment, workDirectory }: Built,
  subject: Parameters<typeof runScanner>[0],
  { signal }: ChildContext,
): Promise<ScanVerdict> {
  if (scanner === 'none') return { status: 'skipped', reason: 'the settings say so (builds.scanner)' };
  const run = await runScanner(subject, {
    ...(scanner === 'auto' ? {} : { scanner }),
    environment,
    workDirectory,
    timeoutSeconds: scanSeconds,
    signal,
  });
  return run.status === 'done' ? readScanReport(run, workDirectory) : run;
}

function describeScan(scan: ScanVerdict): string {
  if (scan.status === 'skipped') return `Not scanned for vulnerabilities: ${scan.reason}.`;
  if (scan.status === 'failed') return `The scan for vulnerabilities failed (${scan.scanner}): ${scan.reason}`;
  const counts = Object.entries(scan.counts).filter(([, count]) => count > 0);
  const found = counts.length === 0 ? 'nothing' : counts.map(([severity, count]) => `${count} ${severity}`).join(', ');
  return `Scanned for vulnerabilities with ${scan.scanner}: ${found} found.`;
}
