import { stripControl } from './strip-control.ts';

/** What git reported about one ref. */
export interface PushReportLine {
  /** Latin-1, one character a byte. */
  readonly name: string;
  readonly status: 'created' | 'updated' | 'deleted' | 'unchanged' | 'rejected';
  /** git's or the remote's words, without control characters. */
  readonly reason?: string;
}

const statusByFlag: Readonly<Record<string, PushReportLine['status']>> = {
  ' ': 'updated',
  '+': 'updated',
  '*': 'created',
  '-': 'deleted',
  '=': 'unchanged',
  '!': 'rejected',
};

/** Reads what `git push --porcelain` writes (git-push(1), OUTPUT): `<flag>\t<from>:<to>\t<summary> (<reason>)`. */
export function parsePushReport(output: Buffer): PushReportLine[] {
  const lines: PushReportLine[] = [];
  for (const line of output.toString('latin1').split('\n')) {
    const [, flag = '', name = '', summary = ''] = /^([ +*=!-])\t[^\t]*?:([^\t:]+)\t(.*)$/.exec(line) ?? [];
    const status = statusByFlag[flag];
    if (status === undefined) continue;
    const reason = toText(summary);
    lines.push({ name, status, ...(status === 'rejected' && { reason }) });
  }
  return lines;
}

/** What the remote said to a person, from git's standard error. */
export function parseRemoteMessages(stderr: string): string[] {
  return stripControl(stderr)
    .split('\n')
    .filter((line) => line.startsWith('remote: '))
    .map((line) => line.slice('remote: '.length).trimEnd())
    .filter((line) => line !== '');
}

function toText(latin1: string): string {
  return stripControl(Buffer.from(latin1, 'latin1').toString('utf8')).trim();
}
