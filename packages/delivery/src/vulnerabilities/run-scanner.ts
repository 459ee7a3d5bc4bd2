import { join } from 'node:path';
import { findProgram, ProcessError, runProcess } from '@deployguard/process';
import type { ContainerEngine } from '../containers/container-engine.ts';
import { runEngine } from '../containers/run-engine.ts';

/** In the order in which they are looked for. */
export const scannerNames = ['trivy', 'grype'] as const;
export type ScannerName = (typeof scannerNames)[number];

/** What is looked at: an image that the engine has, or what a bill of materials (CycloneDX) names. */
export type ScanSubject = { readonly image: string; readonly engine: ContainerEngine } | { readonly sbomFile: string };

export interface ScannerOptions {
  /** Only this one. Default: the first that is installed. */
  readonly scanner?: ScannerName;
  /** All that the program sees of the environment; it is looked for in its `PATH`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Holds the archive of the image meanwhile, and the report afterwards. */
  readonly workDirectory: string;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

/** A report in the scanner's own JSON, or why there is none. */
export type ScannerRun =
  | { readonly status: 'done'; readonly scanner: ScannerName; readonly reportFile: string }
  | { readonly status: 'skipped'; readonly reason: string }
  | { readonly status: 'failed'; readonly scanner: ScannerName; readonly reason: string };

const reasonCharacters = 500;

/**
 * Looks for known vulnerabilities with Trivy or Grype, where one of them is installed. An image is handed over as an archive: scanners know their
 * own ways to engines, and none of them all.
 *
 * @throws {DeliveryError} `ENGINE_UNAVAILABLE`, `ENGINE_FAILED`, `CANCELLED` of the engine that is to hand over the image
 */
export async function runScanner(subject: ScanSubject, options: ScannerOptions): Promise<ScannerRun> {
  const { environment, workDirectory, timeoutSeconds, signal } = options;
  const wanted = options.scanner === undefined ? scannerNames : [options.scanner];
  const scanner = wanted.find((name) => findProgram(name, environment['PATH'] ?? '') !== undefined);
  if (scanner === undefined) return { status: 'skipped', reason: `${wanted.map((name) => titles[name]).join(' or ')} is not installed` };
  const reportFile = join(workDirectory, `${scanner}.json`);
  const source = 'sbomFile' in subject ? { sbom: subject.sbomFile } : { archive: await saveImage(subject, options) };
  try {
    const { exitCode, stderr } = await runProcess({
      program: scanner,
      args: argumentsOf[scanner](source, reportFile),
      env: { ...environment, TMPDIR: workDirectory },
      cwd: workDirectory,
      timeoutSeconds,
      ...(signal && { signal }),
    });
    return exitCode === 0 ? { status: 'done', scanner, reportFile } : { status: 'failed', scanner, reason: lastLine(stderr, exitCode) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ProcessError) return { status: 'failed', scanner, reason: error.message.slice(0, reasonCharacters) };
    throw error;
  }
}

const titles: Readonly<Record<ScannerName, string>> = { trivy: 'Trivy', grype: 'Grype' };

type Source = { readonly archive: string } | { readonly sbom: string };

/** https://trivy.dev/latest/docs/references/configuration/cli/trivy_image/ and https://github.com/anchore/grype#supported-sources */
const argumentsOf: Readonly<Record<ScannerName, (source: Source, reportFile: string) => readonly string[]>> = {
  trivy: (source, reportFile) => [
    ...('archive' in source ? ['image', '--scanners', 'vuln', '--input', source.archive] : ['sbom', source.sbom]),
    '--quiet',
    '--format',
    'json',
    '--output',
    reportFile,
  ],
  grype: (source, reportFile) => [
    'archive' in source ? `docker-archive:${source.archive}` : `sbom:${source.sbom}`,
    '--quiet',
    '--output',
    'json',
    '--file',
    reportFile,
  ],
};

async function saveImage(
  { image, engine }: Extract<ScanSubject, { readonly image: string }>,
  { workDirectory, timeoutSeconds, signal }: ScannerOptions,
): Promise<string> {
  const archive = join(workDirectory, 'image.tar');
  const format = engine.kind === 'podman' ? ['--format', 'docker-archive'] : [];
  await runEngine(engine, ['save', ...format, '--output', archive, image], { timeoutSeconds, ...(signal && { signal }) });
  return archive;
}

function lastLine(stderr: string, exitCode: number): string {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return last === '' ? `it ended with status ${exitCode}` : last.slice(0, reasonCharacters);
}
