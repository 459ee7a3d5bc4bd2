import type { EgressPolicy } from '@deployguard/egress';
import type { ReportedFinding } from '@deployguard/findings';
import type { ImportLedger } from './import-ledger.ts';

/**
 * What Phoenix does with what it knows already of an assessment: `delta` adds and updates; `new` and `merge` take the findings for all that there
 * are and close the others, `new` after it has removed those of the assets.
 */
export type ImportType = 'new' | 'merge' | 'delta';

/** What an assessment of Phoenix is about: all of its assets are of one type. */
export const assetTypes = ['INFRA', 'WEB', 'CLOUD', 'CONTAINER', 'REPOSITORY', 'CODE', 'BUILD'] as const;
export type AssetType = (typeof assetTypes)[number];

export interface PhoenixTarget {
  /** Of the API: `https://api.securityphoenix.cloud`. */
  readonly url: string;
  readonly assessmentName: string;
  readonly importType: ImportType;
  /**
   * Of all assets. By default each finding tells its own; findings of several types go to an assessment for each, whose names end with the
   * type. State it where the reports of one assessment vary, and where one may have no findings.
   */
  readonly assetType?: AssetType;
  /** The asset of findings that name none: a repository, an image, a host. Default: the name of the assessment. */
  readonly assetName?: string;
}

/** Sent to the address of the target and nowhere else; kept in memory while the import runs, and in no error. */
export interface PhoenixCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How Phoenix is talked to. */
export interface PhoenixConnection {
  /** Default: public addresses only. */
  readonly policy?: EgressPolicy;
  /** Certificates (PEM) of authorities that are trusted beside the public ones. */
  readonly trustedCertificates?: readonly string[];
  /** Allows credentials to travel unencrypted. Default false. */
  readonly allowHttp?: boolean;
  /** Default 120. */
  readonly requestTimeoutSeconds?: number;
  /** Requests are spread evenly. Default 30. */
  readonly requestsPerMinute?: number;
  /** Of a request that fails for a reason that may pass, the first included. Default 4. */
  readonly maxAttempts?: number;
  /** When Phoenix asks for a longer pause, the import ends and can be resumed later. Default 600. */
  readonly longestPauseSeconds?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Milliseconds. */
export interface Clock {
  now(): number;
  /** Rejects with the signal's reason. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface PhoenixOptions extends PhoenixConnection {
  /** The findings lie here, by asset, while the import runs: in a file without a name, which is gone with the process. */
  readonly workDirectory: string;
  /** Of a request's body. Larger assets are divided, and only they. Default 15,000,000; at most 200,000,000. */
  readonly maxBatchBytes?: number;
  /** Default 50. */
  readonly maxBatchAssets?: number;
  /**
   * Whether what a finding lacks that Phoenix asks for is said in a general word: `The scanner names none.` for a remedy. Else nothing is sent
   * when a finding lacks something. Default true.
   */
  readonly completesFindings?: boolean;
  /**
   * After a request that closes findings broke off, Phoenix may still be at it. It is given this time before more is sent, for what came
   * meanwhile would be closed by it. Default 300.
   */
  readonly settleSeconds?: number;
  /** Phoenix's descriptions name text (`"8.0"`), its own tools send a number. Default `text`. */
  readonly severityAs?: 'text' | 'number';
  /** Names and addresses of machines are told by pseudonyms, which are always the same under the same key. Default: they are told as they are. */
  readonly pseudonymKey?: string;
  /** Findings are told with the lowest severity there is, 1.0, for trying things out; what the scanner says stands in their details. Default false. */
  readonly isRiskless?: boolean;
  /**
   * Assets are told as well of which no finding counts; where there are no findings at all, one that is called like the assessment. Default
   * false.
   */
  readonly includesCleanAssets?: boolean;
  /** Phoenix's descriptions name `2026:01:31 10:00:00`, its own tools send `2026-01-31 10:00:00`. Default `colons`. */
  readonly dateStyle?: 'colons' | 'dashes';
}

export interface FindingsImport {
  /** In any order. To resume, the same findings again. */
  readonly findings: Iterable<ReportedFinding> | AsyncIterable<ReportedFinding>;
  readonly target: PhoenixTarget;
  readonly credentials: PhoenixCredentials;
  readonly options: PhoenixOptions;
  readonly ledger: ImportLedger;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ImportEvent) => void;
}

/** What happens in an import, for logs and progress bars. */
export type ImportEvent =
  /** All findings are read. */
  | { readonly type: 'planned'; readonly batches: number; readonly outcome: ImportOutcome }
  /** A batch is through: sent now, or in an earlier run. */
  | { readonly type: 'imported'; readonly batch: string; readonly isEarlier: boolean; readonly outcome: ImportOutcome }
  /** Phoenix did not take a batch, and says why; the others are sent all the same. */
  | { readonly type: 'refused'; readonly batch: string; readonly message: string; readonly outcome: ImportOutcome }
  /** A batch is sent in two halves. */
  | { readonly type: 'halved'; readonly batch: string }
  /** Something is tried again after a pause. */
  | { readonly type: 'waiting'; readonly seconds: number; readonly reason: string };

/** How far an import has come. */
export interface ImportOutcome {
  /** Of the ledger: those that were halved do not count. */
  readonly batches: { readonly total: number; readonly imported: number; readonly refused: number };
  /** With findings that count, and those without that were asked for. */
  readonly assets: { readonly total: number; readonly imported: number };
  readonly findings: { readonly total: number; readonly imported: number };
  /** Findings that are not sent, by reason: `suppressed`. */
  readonly skipped: Readonly<Record<string, number>>;
  /** What is imported to. */
  readonly assessments: readonly { readonly name: string; readonly assetType: AssetType }[];
}

/** A report that Phoenix is to translate itself. */
export interface FileTranslation {
  /** Of the report, as the scanner wrote it. */
  readonly path: string;
  /** Default: its last part of the path. */
  readonly fileName?: string;
  /** Phoenix's own name of the translator: `Trivy Scan`. A report of another format imports nothing there, and is said to have succeeded. */
  readonly scanType: string;
  /** What was scanned. */
  readonly scanTarget?: string;
  /** Whether what was translated is imported as well. Default true. */
  readonly autoImport?: boolean;
  readonly target: Pick<PhoenixTarget, 'url' | 'assessmentName' | 'importType'>;
  readonly credentials: PhoenixCredentials;
  readonly options: TranslationOptions;
  readonly ledger: ImportLedger;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: TranslationEvent) => void;
}

export interface TranslationOptions extends PhoenixConnection {
  /** Between two questions whether it is done. Default 10. */
  readonly pollSeconds?: number;
  /** From the first question on. Default 3600. */
  readonly longestTranslationSeconds?: number;
}

export type TranslationEvent =
  | { readonly type: 'uploaded'; readonly requestId: string }
  | { readonly type: 'translating'; readonly requestId: string; readonly status: string }
  | { readonly type: 'waiting'; readonly seconds: number; readonly reason: string };

export interface TranslationOutcome {
  /** Phoenix's own. */
  readonly requestId: string;
  readonly status: 'IMPORTED' | 'READY_FOR_IMPORT';
}
