import type { Finding } from '@deployguard/findings';
import type { Emitter } from '../src/emitters/emitter.ts';
import type { Report } from '../src/report.ts';
import { summarizeFindings } from '../src/summarize-findings.ts';

/** A finding; state only what matters to the test. */
export function aFinding(changes: Partial<Finding> = {}): Finding {
  return {
    id: '0123456789abcdef',
    kind: 'secret',
    tool: 'deployguard',
    ruleId: 'acme-token',
    title: 'Acme token',
    description: 'Acme token in the file src/a.ts.',
    severity: 'high',
    location: { path: 'src/a.ts', line: 3, column: 14, endLine: 3, endColumn: 20 },
    ...changes,
  };
}

/** A report over findings; its summary and rules follow from them. */
export function aReport(findings: readonly Finding[], changes: Partial<Report> = {}): Report {
  const ruleIds = [...new Set(findings.map(({ ruleId }) => ruleId))];
  return {
    tool: { name: 'deployguard', version: '1.2.3' },
    subject: { name: 'app', uri: 'https://example.org/octo/app.git', revision: 'a'.repeat(40) },
    startedAt: '2026-01-31T10:00:00.000Z',
    durationSeconds: 1.5,
    rules: ruleIds.map((id) => ({
      id,
      title: `Title of ${id}`,
      severity: 'high',
      helpUri: 'https://example.org/help',
      guidance: ['Revoke it.'],
    })),
    summary: summarizeFindings(findings),
    findings,
    ...changes,
  };
}

export async function emitText(emitter: Emitter, report: Report): Promise<string> {
  let text = '';
  for await (const piece of emitter.emit(report)) text += piece;
  return text;
}

/** Texts that break out of careless formats. */
export const hostileTexts = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'-alert(1)-'",
  ']]><x/>',
  '</style><script>alert(1)</script>',
  '<!--',
  '&lt;b&gt;',
  'javascript:alert(1)',
  "=cmd|' /C calc'!A0",
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1',
  'a,b',
  'a"b',
  'line\nbreak',
  'carriage\r\nreturn',
  'nul\0',
  'bell\u0007 escape\u001B[31m',
  'rtl \u202Egnp.exe',
  'lone \uD800 surrogate',
  'not a character \uFFFF',
  'c1 \u009B31m',
  '日本語 é 😀',
  '',
];
