// How often the analyzer says of the examples of Railpack and Nixpacks what their own tests expect (docs/analyzer.md):
//   node bench/analyzer-accuracy/main.ts --railpack FOLDER --nixpacks FOLDER     either may be left out; the folders are clones
import { parseArgs } from 'node:util';
import { analyzeTree, openFolderTree } from '@deployguard/delivery';
import { compareFields, type Outcome } from './compare-fields.ts';
import { printDifferences, printFields, printLeftOut } from './print-accuracy.ts';
import { readNixpacks } from './read-nixpacks.ts';
import { readRailpack } from './read-railpack.ts';

const { values } = parseArgs({ options: { railpack: { type: 'string' }, nixpacks: { type: 'string' } } });
const sets = [
  ...(values.railpack === undefined ? [] : [readRailpack(values.railpack)]),
  ...(values.nixpacks === undefined ? [] : [readNixpacks(values.nixpacks)]),
];
if (sets.length === 0) throw new Error('usage: node bench/analyzer-accuracy/main.ts [--railpack FOLDER] [--nixpacks FOLDER]');

for (const set of sets) {
  const outcomes: Outcome[] = [];
  for (const example of set.examples) {
    // The sets do not look at a Dockerfile.
    const analysis = await analyzeTree(await openFolderTree(example.folder), { dockerfile: false });
    outcomes.push(...compareFields(example, analysis));
  }
  printFields(set, outcomes);
  printDifferences(set, outcomes);
  printLeftOut(set, outcomes);
}
