import { createHash } from 'node:crypto';
import { severities } from '@deployguard/findings';
import type { Finding } from '@deployguard/findings';
import { describePlace } from '../describe-place.ts';
import { escapeMarkup } from '../escape-markup.ts';
import { neutralizeText } from '../neutralize-text.ts';
import type { Report, ReportCoverage } from '../report.ts';
import type { Emitter } from './emitter.ts';
import { htmlStyle } from './html-style.ts';

/**
 * One self-contained page to read and to send on: no script, no request, light and dark. Its policy forbids everything but its own
 * style sheet, so that even an escaping fault could not run or load anything.
 */
export const html: Emitter = {
  format: 'html',
  extension: 'html',
  mediaType: 'text/html; charset=utf-8',
  async *emit(report) {
    yield renderHead(report);
    yield renderSummary(report);
    if (report.summary.total === 0) yield '<p class="clean">Nothing found.</p>\n';
    else {
      yield renderFilters(report);
      yield '<ol class="findings">\n';
      for await (const finding of report.findings) yield renderFinding(finding);
      yield '</ol>\n';
    }
    if (report.coverage) yield renderCoverage(report.coverage);
    yield '</main>\n</body>\n</html>\n';
  },
};

function renderHead({ tool, subject }: Report): string {
  const styleHash = createHash('sha256').update(htmlStyle).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${text(subject.name)}: ${text(tool.name)} report</title>
<style>${htmlStyle}</style>
</head>
<body>
<main>
`;
}

function renderSummary({ tool, subject, startedAt, durationSeconds, summary }: Report): string {
  const counts = severities
    .map((severity) => `<div class="count ${severity}"><dt>${severity}</dt><dd>${summary.bySeverity[severity]}</dd></div>`)
    .join('');
  const revision = subject.revision === undefined ? '' : ` at <code>${text(subject.revision.slice(0, 12))}</code>`;
  return `<header>
<p class="tool">${text(tool.name)} ${text(tool.version)}</p>
<h1>${text(subject.name)}</h1>
<p class="when">${number(summary.total)} ${summary.total === 1 ? 'finding' : 'findings'}${revision}, examined
<time datetime="${text(startedAt)}">${text(startedAt.replace('T', ' ').replace(/\.\d+/, ''))}</time> in ${durationSeconds.toFixed(1)} s</p>
<dl class="counts">${counts}</dl>
</header>
`;
}

/** Boxes that hide a severity by style alone. */
function renderFilters({ summary }: Report): string {
  const boxes = severities
    .filter((severity) => summary.bySeverity[severity] > 0)
    .map((severity) => `<label><input type="checkbox" id="show-${severity}" checked> ${severity}</label>`);
  return boxes.length < 2 ? '' : `<fieldset class="filters"><legend>Show</legend>${boxes.join('')}</fieldset>\n`;
}

function renderFinding(finding: Finding): string {
  const { id, severity, title, description, ruleId, location, guidance, references, details } = finding;
  const { commit } = location;
  const preview = details?.['preview'];
  return `<li class="finding ${severity}" id="finding-${text(id)}">
<div class="line"><span class="severity">${severity}</span><h2>${text(title)}</h2><code class="id">${text(id)}</code></div>
<p class="place"><code>${text(describePlace(location))}</code>${preview === undefined ? '' : ` <code class="preview">${text(String(preview))}</code>`}</p>
${commit ? `<p class="commit"><code>${text(commit.id.slice(0, 12))}</code> ${text(commit.date.slice(0, 10))} ${text(commit.authorName)}: ${text(commit.subject)}</p>\n` : ''}<details><summary>${text(ruleId)}</summary>
<p>${text(description)}</p>
${renderGuidance(guidance, references)}${renderDetails(details)}</details>
</li>
`;
}

/** Pages come first, because the steps speak of them. */
function renderGuidance(guidance: Finding['guidance'] = [], references: Finding['references'] = []): string {
  if (guidance.length + references.length === 0) return '';
  const links = references.map((reference) => `<p class="reference">${renderLink(reference)}</p>`).join('');
  const steps = guidance.map((step) => `<li>${text(step)}</li>`).join('');
  return `<h3>What to do</h3>${links}${steps === '' ? '' : `<ol class="steps">${steps}</ol>`}\n`;
}

/** Only web addresses become links: `javascript:` and the like stay text. */
function renderLink(reference: string): string {
  if (!/^https?:\/\//i.test(reference) || !URL.canParse(reference)) return text(reference);
  return `<a href="${text(new URL(reference).href)}" rel="noopener noreferrer nofollow">${text(reference)}</a>`;
}

function renderDetails(details: Finding['details']): string {
  const rows = Object.entries(details ?? {});
  if (rows.length === 0) return '';
  return `<table>${rows.map(([name, value]) => `<tr><th scope="row">${text(toWords(name))}</th><td>${text(String(value))}</td></tr>`).join('')}</table>\n`;
}

/** `commitCount` reads as `commit count`. */
function toWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function renderCoverage({ objects, refs, skipped }: ReportCoverage): string {
  const rows = Object.entries(objects)
    .map(
      ([type, { seen, scanned, bytes }]) =>
        `<tr><th scope="row">${text(type)}</th><td>${number(scanned)} of ${number(seen)}</td><td>${number(bytes)} bytes</td></tr>`,
    )
    .join('');
  const reasons = skipped.map(({ what, reason, count }) => `<li>${number(count)} ${text(what)}: ${text(reason)}</li>`).join('');
  return `<section class="coverage"><h2>What was read</h2><table>${rows}<tr><th scope="row">refs</th><td>${number(refs)}</td><td></td></tr></table>
${reasons === '' ? '<p>Nothing was skipped.</p>' : `<h3>Skipped</h3><ul>${reasons}</ul>`}</section>
`;
}

function text(value: string): string {
  return escapeMarkup(neutralizeText(value));
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
