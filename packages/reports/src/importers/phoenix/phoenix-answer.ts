import { neutralizeText } from '../../neutralize-text.ts';

export type PhoenixAnswer =
  | { readonly outcome: 'accepted'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly outcome: 'refused' | 'too-large'; readonly message: string }
  | TemporaryFailure;

/** It may work later. */
export interface TemporaryFailure {
  readonly outcome: 'failed';
  readonly code: 'PHOENIX_UNREACHABLE' | 'PHOENIX_UNAVAILABLE';
  /** Whether Phoenix acted on the request: `no`; `perhaps`, but it is done with it; or `perhaps-still`, and may be at it. */
  readonly isProcessed: 'no' | 'perhaps' | 'perhaps-still';
  readonly message: string;
  /** That Phoenix asks for. */
  readonly pauseSeconds?: number;
}

/** What came back, before it is judged. */
export type RawAnswer =
  | { readonly outcome: 'answered'; readonly status: number; readonly text: string; readonly retryAfter: string | undefined }
  | TemporaryFailure;

const longestMessage = 300;

/** The JSON object of an answer; nothing at all is one without members. Undefined for anything else. */
export function parseAnswer(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What Phoenix says to a request that failed: how it does is not described, so several names are tried. Secrets that it repeats are left out. */
export function describeAnswer({ status, text }: { readonly status: number; readonly text: string }, secrets: Iterable<string>): string {
  const body = parseAnswer(text);
  const texts = ['message', 'error', 'detail', 'title', 'error_message']
    .map((name) => body?.[name])
    .filter((value) => typeof value === 'string');
  // Pages for people tell nothing in their first characters.
  const said = texts[0] ?? (body === undefined && !/^\s*</.test(text) ? text : '');
  const plain = cleanText(said, secrets);
  return `Phoenix answered with status ${status}${plain === '' ? '.' : `: ${plain}`}`;
}

/** What Phoenix says, safe to show: short, in one line, and without the secrets that it repeats. */
export function cleanText(text: string, secrets: Iterable<string>): string {
  const plain = neutralizeText(hideSecrets(text, secrets)).trim();
  return plain.length > longestMessage ? `${plain.slice(0, longestMessage)}…` : plain;
}

function hideSecrets(text: string, secrets: Iterable<string>): string {
  let hidden = text;
  for (const secret of secrets) {
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]))
      hidden = hidden.replaceAll(form, '[…]');
  }
  return hidden;
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
