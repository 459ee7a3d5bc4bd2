import { createHash } from 'node:crypto';
import { describeReportedPlace, type ReportedFinding, type Rereadable, severities } from '@deployguard/findings';
import { escapeMarkup } from '../escape-markup.ts';
import { neutralizeText } from '../neutralize-text.ts';
import type { EmitterContext, FindingEmitter } from './finding-emitter.ts';
import { htmlScript } from './html-script.ts';
import { htmlStyle } from './html-style.ts';

/**
 * One self-contained page with a table that can be sorted, searched and filtered, light and dark, by keyboard and screen reader too. Its
 * policy forbids everything but its own style sheet and script, so that even an escaping fault could not run or load anything.
 */
export const html: FindingEmitter = {
  format: 'html',
  extension: 'html',
  mediaType: 'text/html; charset=utf-8',
  async *emit(findings, about) {
    const counts = await countSeverities(findings);
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    yield renderHead(about);
    yield renderSummary(counts, total, about);
    if (total === 0) yield '<p class="clean">Nothing found.</p>\n';
    else {
      yield renderFilters(counts);
      yield `<div class="frame" tabindex="0" role="region" aria-label="Findings"><table>\n<thead><tr>${headings.map(renderHeading).join('')}</tr></thead>\n<tbody>\n`;
      for await (const finding of findings) yield renderRow(finding);
      yield `</tbody>\n</table></div>\n<script>${htmlScript}</script>\n`;
    }
    yield '</main>\n</body>\n</html>\n';
  },
};

const labels = [...severities, 'unknown'] as const;

const headings = ['Severity', 'Finding', 'Where', 'Kind', 'Tool'];

async function countSeverities(findings: Rereadable<ReportedFinding>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>(labels.map((label) => [label, 0]));
  for await (const { severity } of findings) counts.set(severity.label, counts.get(severity.label)! + 1);
  return counts;
}

function renderHead({ producer }: EmitterContext): string {
  const [style, script] = [htmlStyle, htmlScript].map((source) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${style}; script-src ${script}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Findings: ${text(producer.name)} report</title>
<style>${htmlStyle}</style>
</head>
<body>
<main>
`;
}

function renderSummary(counts: ReadonlyMap<string, number>, total: number, { producer, writtenAt }: EmitterContext): string {
  const cards = [...counts]
    .filter(([label, count]) => label !== 'unknown' || count > 0)
    .map(([label, count]) => `<div class="count ${label}"><dt>${label}</dt><dd>${number(count)}</dd></div>`);
  const shownTime = text(writtenAt.replace('T', ' ').replace(/\.\d+/, ''));
  return `<header>
<h1>${number(total)} ${total === 1 ? 'finding' : 'findings'}</h1>
<p class="when">written by ${text(producer.name)} ${text(producer.version)}, <time datetime="${text(writtenAt)}">${shownTime}</time></p>
<dl class="counts">${cards.join('')}</dl>
</header>
`;
}

/** Shown by the script, which makes them work. */
function renderFilters(counts: ReadonlyMap<string, number>): string {
  const boxes = [...counts]
    .filter(([, count]) => count > 0)
    .map(([label]) => `<label><input type="checkbox" value="${label}" checked> ${label}</label>`);
  return `<fieldset class="filters" aria-label="Filter" hidden><input type="search" placeholder="Search" aria-label="Search findings">${boxes.join('')}<output id="shown" aria-live="polite"></output></fieldset>\n`;
}

function renderHeading(heading: string): string {
  return `<th scope="col" aria-sort="none"><button type="button">${heading}</button></th>`;
}

function renderRow(finding: ReportedFinding): string {
  const { severity, title, rule, kind, tool, sources, suppression } = finding;
  const tools = sources ? [...new Set(sources.map((source) => source.tool))] : [tool.name];
  const place = describeReportedPlace(finding);
  return `<tr data-severity="${severity.label}"${suppression ? ' class="excused"' : ''}>
<td class="${severity.label}" data-key="${labels.indexOf(severity.label)}"><span class="severity">${severity.label}</span>${suppression ? `<br><span class="note">${text(suppression.kind)}</span>` : ''}</td>
<td>${text(title)}<br><code class="note">${text(rule.id)}</code>${renderDetails(finding)}</td>
<td>${place === undefined ? '' : `<code>${text(place)}</code>`}</td>
<td>${text(kind)}</td>
<td>${tools.map(text).join('<br>')}</td>
</tr>
`;
}

function renderDetails(finding: ReportedFinding): string {
  const {
    description,
    remedy,
    aliases = [],
    cwes = [],
    cvss = [],
    epss,
    isKnownExploited,
    package: pkg,
    references = [],
    suppression,
  } = finding;
  const facts = [
    aliases.join(', '),
    cwes.map((cwe) => `CWE-${cwe}`).join(', '),
    cvss.map(({ score, vector, source }) => ['CVSS', score, vector, source].filter(Boolean).join(' ')).join('; '),
    epss && `EPSS ${epss.score}`,
    isKnownExploited && 'known to be exploited',
    pkg?.fixedVersions && `fixed in ${pkg.fixedVersions.join(', ')}`,
    suppression?.reason,
  ].filter(Boolean);
  if (facts.length === 0 && description === undefined && remedy === undefined && references.length === 0) return '';
  const links = references.slice(0, mostLinks).map((reference) => `<li>${renderLink(reference)}</li>`);
  return `<details><summary>More</summary>${facts.length > 0 ? `<p class="note">${facts.map((fact) => text(String(fact))).join('<br>')}</p>` : ''}${paragraph(description)}${paragraph(remedy)}${links.length > 0 ? `<ul>${links.join('')}</ul>` : ''}</details>`;
}

const mostLinks = 10;

/** Its lines stay lines. */
function paragraph(words: string | undefined): string {
  return words === undefined ? '' : `<p>${words.split(/\r?\n/).map(text).join('\n')}</p>`;
}

/** Only web addresses become links: `javascript:` and the like stay text. */
function renderLink(reference: string): string {
  if (!/^https?:\/\//i.test(reference) || !URL.canParse(reference)) return text(reference);
  return `<a href="${text(new URL(reference).href)}" rel="noopener noreferrer nofollow">${text(reference)}</a>`;
}

function text(value: string): string {
  return escapeMarkup(neutralizeText(value));
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
