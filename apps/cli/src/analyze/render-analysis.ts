import type { Analysis, Answer } from '@deployguard/delivery';
import { neutralizeText } from '@deployguard/reports';
import { measureText, padText } from '../terminal/fit-text.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface Row {
  readonly name: string;
  readonly answer: Answer<string | number>;
}

const fields = [
  ['Language', 'language'],
  ['Version', 'version'],
  ['Framework', 'framework'],
  ['Package manager', 'packageManager'],
  ['Dockerfile', 'dockerfile'],
  ['Install', 'installCommand'],
  ['Build', 'buildCommand'],
  ['Before a release', 'releaseCommand'],
  ['Start', 'startCommand'],
  ['Static files', 'staticOutput'],
  ['Port', 'port'],
  ['Health', 'healthPath'],
] as const;

const assetFields = [
  ['Install for assets', 'installCommand'],
  ['Build assets', 'buildCommand'],
] as const;

/** What was worked out, for people: every answer with the place that it rests on. */
export function renderAnalysis(analysis: Analysis, terminal: Terminal): string {
  const rows: Row[] = [
    { name: 'Root', answer: { ...analysis.root, value: analysis.root.value || '.' } },
    ...fields.flatMap(([name, field]) => (analysis[field] === undefined ? [] : [{ name, answer: analysis[field] }])),
    ...assetFields.flatMap(([name, field]) => (analysis.assets?.[field] === undefined ? [] : [{ name, answer: analysis.assets[field] }])),
    ...analysis.processes.map((answer) => ({ name: `Process ${answer.value.name}`, answer: { ...answer, value: answer.value.command } })),
    ...analysis.services.map((answer) => ({ name: 'Service', answer })),
    ...(analysis.resources ? [toResources(analysis.resources)] : []),
    ...analysis.envVars.map((answer) => ({ name: 'Variable', answer })),
  ];
  const width = Math.max(...rows.map(({ name }) => measureText(neutralizeText(name))));
  const lines = rows.map(({ name, answer }) => renderRow(name, answer, width, terminal));
  return [...lines, '', ...renderAmbiguities(analysis, terminal), ...renderNotes(analysis, terminal)].join('\n');
}

/** Commands are not cut: they are there to be copied. */
function renderRow(name: string, answer: Answer<string | number>, width: number, { paint, symbols }: Terminal): string {
  const basis = `${answer.confidence} ${symbols.dot} ${neutralizeText(describePlace(answer))}`;
  return `${paint('bold', padText(neutralizeText(name), width))}  ${neutralizeText(String(answer.value))}  ${paint('gray', `(${basis})`)}`;
}

function toResources(answer: NonNullable<Analysis['resources']>): Row {
  return { name: 'Resources', answer: { ...answer, value: `${answer.value.cpu} CPU, ${answer.value.memory} memory` } };
}

function describePlace({ file, line, rule }: Answer<unknown>): string {
  if (file === undefined) return rule;
  return line === undefined ? file : `${file}:${line}`;
}

function renderAmbiguities({ ambiguities }: Analysis, { paint }: Terminal): string[] {
  return ambiguities.flatMap(({ field, message, choices }) => [
    `${paint('yellow', `Not decided: ${field}.`)} ${message}`,
    ...choices.map((choice) => `  ${neutralizeText(choice.value)}  ${paint('gray', neutralizeText(describePlace(choice)))}`),
    '',
  ]);
}

function renderNotes({ notes }: Analysis, { paint }: Terminal): string[] {
  return notes.map(
    ({ file, message }) => `${paint('gray', 'note:')} ${file === undefined ? '' : `${neutralizeText(file)}: `}${neutralizeText(message)}\n`,
  );
}
