import { AliasIndex } from './alias-index.ts';
import { DisjointSets } from './disjoint-sets.ts';
import { DigestTable } from './digest-table.ts';
import type { DuplicateClues, LineClues, VulnerabilityClues } from './duplicate-clues.ts';
import { NumberList } from './number-list.ts';
import { splitBy } from './split-by.ts';
import { VulnerablePlaces } from './vulnerable-places.ts';

/**
 * Tells which findings mean the same problem, within a tool and across tools, without holding the findings: some hundred bytes each, and
 * time that grows with their number alone. The answer does not depend on their order.
 *
 * The same are:
 * - findings with the same fingerprint, or which one tool reports twice with the same words at the same line and column;
 * - vulnerabilities known under the same id in the same version of the same package at the same place; packages of the system have the
 *   image or host for a place, others the file; without a package the host and port are the place;
 * - secrets at the same line of the same file and commit, where each tool sees one there;
 * - weaknesses at the same line of the same file with a common CWE, where each tool sees one there. Not near by: whoever takes lines a few
 *   apart for the same takes neighbours for the same. Without a CWE there is nothing that two tools agree on.
 *
 * What one report tells and the other does not (a path, a version, an asset) parts nothing as long as it is the only one in question.
 */
export class DuplicateFinder {
  readonly #groups = new DisjointSets();
  /** By finding; 0 for none. */
  readonly #assets = new NumberList();
  readonly #fingerprints = new DigestTable();
  /** Findings with the same fingerprint, by the first of them. */
  readonly #repeated = new Map<number, number[]>();
  readonly #exact = new DigestTable();
  readonly #aliases = new AliasIndex();
  readonly #places = new VulnerablePlaces();
  /** By package or host; of most there is one. */
  readonly #vulnerabilities = new Map<string, number | number[]>();
  readonly #lines = new Map<string, FindingAtLine[]>();
  /** Numbers of texts, from 1 on. */
  readonly #texts = new Map<string, number>();

  /** Findings are numbered from 0 on, in the order in which what `findClues` says of them is added. */
  add({ fingerprints, exact, asset: assetName, vulnerability, line }: DuplicateClues): void {
    const index = this.#groups.add();
    const asset = this.#number(assetName);
    this.#assets.push(asset ?? 0);
    for (const fingerprint of fingerprints) this.#addFingerprint(fingerprint, index);
    if (exact !== undefined) this.#groups.join(this.#exact.putIfAbsent(exact, index), index);
    if (vulnerability !== undefined) this.#addVulnerability(vulnerability, index, asset);
    if (line !== undefined) this.#addLine(line, index, asset);
  }

  /** For each finding a number that it shares with those that mean the same problem, and how many these are. */
  settle(): { groupOf(index: number): number; sizeOf(index: number): number } {
    for (const indexes of this.#repeated.values()) this.#joinFingerprint(indexes);
    this.#joinVulnerabilities();
    for (const atLine of this.#lines.values()) if (atLine.length > 1) this.#joinLine(atLine);
    return { groupOf: (index) => this.#groups.find(index), sizeOf: (index) => this.#groups.sizeOf(index) };
  }

  #addFingerprint(fingerprint: number, index: number): void {
    const first = this.#fingerprints.putIfAbsent(fingerprint, index);
    if (first === index) return;
    const known = this.#repeated.get(first);
    if (known) known.push(index);
    else this.#repeated.set(first, [first, index]);
  }

  #joinFingerprint(indexes: readonly number[]): void {
    for (const [first, ...others] of splitBy(indexes, [(index) => this.#assets.at(index) || undefined]))
      for (const other of others) this.#groups.join(first!, other);
  }

  #addVulnerability({ aliases, subject, version, path }: VulnerabilityClues, index: number, asset: number | undefined): void {
    const aliasSet = this.#aliases.add(aliases);
    if (aliasSet === undefined || subject === undefined) return;
    const place = this.#places.add({ index, aliasSet, version: this.#number(version), asset, path: this.#number(path) });
    const known = this.#vulnerabilities.get(subject);
    if (known === undefined) this.#vulnerabilities.set(subject, place);
    else if (typeof known === 'number') this.#vulnerabilities.set(subject, [known, place]);
    else known.push(place);
  }

  #joinVulnerabilities(): void {
    const nameOf = this.#aliases.settle();
    for (const numbers of this.#vulnerabilities.values()) {
      if (typeof numbers === 'number') continue;
      const places = numbers.map((place) => this.#places.at(place));
      for (const same of Map.groupBy(places, ({ aliasSet }) => nameOf(aliasSet)).values())
        for (const group of splitBy(same, [({ version }) => version, ({ asset }) => asset, ({ path }) => path])) this.#joinAll(group);
    }
  }

  #addLine({ line, commit, cwes, tools }: LineClues, index: number, asset: number | undefined): void {
    const entry: FindingAtLine = {
      index,
      asset,
      commit: this.#number(commit),
      cwes,
      tools: [...new Set(tools.map((tool) => this.#number(tool)!))],
    };
    const known = this.#lines.get(line);
    if (known) known.push(entry);
    else this.#lines.set(line, [entry]);
  }

  #joinLine(atLine: readonly FindingAtLine[]): void {
    if (new Set(atLine.flatMap(({ asset }) => asset ?? [])).size > 1) return;
    for (const sameCommit of splitBy(atLine, [({ commit }) => commit]))
      for (const group of groupByCwe(sameCommit)) if (this.#isOneOfEachTool(group)) this.#joinAll(group);
  }

  /** Whether no tool saw two different problems here. */
  #isOneOfEachTool(group: readonly FindingAtLine[]): boolean {
    const seen = new Map<number, number>();
    return group.every(({ index, tools }) =>
      tools.every((tool) => {
        const known = seen.get(tool) ?? this.#groups.find(index);
        seen.set(tool, known);
        return known === this.#groups.find(index);
      }),
    );
  }

  #joinAll(group: readonly { readonly index: number }[]): void {
    for (const { index } of group) this.#groups.join(group[0]!.index, index);
  }

  /** The same for the same text. */
  #number(text: string | undefined): number | undefined {
    if (text === undefined) return undefined;
    const known = this.#texts.get(text) ?? this.#texts.size + 1;
    this.#texts.set(text, known);
    return known;
  }
}

interface FindingAtLine {
  readonly index: number;
  readonly asset: number | undefined;
  readonly commit: number | undefined;
  readonly cwes: readonly number[];
  readonly tools: readonly number[];
}

/** Findings that share a CWE, also through others; those without any are together. */
function groupByCwe(atLine: readonly FindingAtLine[]): Iterable<readonly FindingAtLine[]> {
  const sets = new DisjointSets();
  const members = new Map<number, number>();
  const setOf = atLine.map(({ cwes }) => {
    const set = sets.add();
    for (const cwe of cwes.length > 0 ? cwes : [0]) {
      const first = members.get(cwe);
      if (first === undefined) members.set(cwe, set);
      else sets.join(first, set);
    }
    return set;
  });
  return Map.groupBy(atLine, (_, at) => sets.find(setOf[at]!)).values();
}
