// Recall and precision of the built-in rules on development sets that lie outside of this project (docs/accuracy.md):
//   node bench/accuracy/main.ts --set credsweeper=PATH --set noseyparker=PATH … [--labels bench/accuracy/labels.jsonl] [--misses]
import { parseArgs } from 'node:util';
import { loadDetector } from '@deployguard/secrets';
import { printTable } from '../print-table.ts';
import { printOutcomes, printRules, printSets } from './print-scores.ts';
import { readCreddata } from './read-creddata.ts';
import { readCredsweeper } from './read-credsweeper.ts';
import { readDetectSecrets } from './read-detect-secrets.ts';
import { readGoRules } from './read-go-rules.ts';
import { readKingfisher } from './read-kingfisher.ts';
import { readNoseyparker } from './read-noseyparker.ts';
import { readSecretlint } from './read-secretlint.ts';
import type { Sample } from './sample.ts';
import { summarizeLabels } from './summarize-labels.ts';
import { scoreSamples } from './score-samples.ts';

const readers: Readonly<Record<string, (root: string) => Readonly<Record<string, Sample[]>>>> = {
  betterleaks: (root) => ({ betterleaks: readGoRules(root) }),
  gitleaks: (root) => ({ gitleaks: readGoRules(root) }),
  kingfisher: (root) => ({ kingfisher: readKingfisher(root) }),
  noseyparker: (root) => ({ noseyparker: readNoseyparker(root) }),
  secretlint: (root) => ({ secretlint: readSecretlint(root) }),
  'detect-secrets': (root) => ({ 'detect-secrets': readDetectSecrets(root) }),
  creddata: (root) => ({ CredData: readCreddata(root, 'development') }),
  'creddata-held-out': (root) => ({ 'CredData held out': readCreddata(root, 'held out') }),
  credsweeper: (root) => ({ CredSweeper: readCredsweeper(root, false), 'CredSweeper documents': readCredsweeper(root, true) }),
};

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true, default: [] },
    labels: { type: 'string' },
    misses: { type: 'boolean', default: false },
    rules: { type: 'boolean', default: false },
  },
});

const heldOut = 'kingfisher';
const knownTexts = new Set<string>();
const detector = await loadDetector();
const scores = values.set.flatMap((argument) => {
  const [name = '', path = ''] = argument.split(/=(.*)/s);
  const read = readers[name];
  if (!read) throw new Error(`There is no set "${name}". Known: ${Object.keys(readers).join(', ')}.`);
  return Object.entries(read(path)).map(([set, samples]) => ({ set, ...scoreSamples(detector, samples.filter(isNew(set))) }));
});

/** The held-out set shares texts with others, which are no longer held out. */
function isNew(set: string): (sample: Sample) => boolean {
  if (set === heldOut) return ({ content }) => !knownTexts.has(content.toString('latin1').trim());
  return ({ content }) => {
    knownTexts.add(content.toString('latin1').trim());
    return true;
  };
}

if (scores.length > 0) printSets(scores);
if (values.rules) printRules(scores);
if (values.misses) printOutcomes(scores);
if (values.labels !== undefined) for (const table of summarizeLabels(values.labels)) printTable(table.title, table.header, table.rows);
