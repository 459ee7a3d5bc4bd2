import { DisjointSets } from './disjoint-sets.ts';

/**
 * Tells which vulnerability the ids of a finding mean, over all findings: `CVE-2021-44228` and `GHSA-jfh8-c2jp-5v3q` are one as soon as some
 * finding names both.
 *
 * Two CVEs are never one. So what names several CVEs (a plugin for a whole release) joins nothing, and an id that findings join with
 * different CVEs stands for none of them.
 */
export class AliasIndex {
  readonly #numbers = new Map<string, number>();
  readonly #sets: (readonly string[])[] = [];
  readonly #classes = new DisjointSets();
  readonly #members = new Map<string, number>();

  /** The number of this set of ids; `undefined` where none of them stands for one vulnerability. */
  add(aliases: readonly string[]): number | undefined {
    const ids = [...new Set(aliases.filter((id) => vulnerabilityId.test(id)))].sort();
    if (ids.length === 0) return undefined;
    const known = this.#numbers.get(ids.join(' '));
    if (known !== undefined) return known;
    const number = this.#sets.push(ids) - 1;
    this.#numbers.set(ids.join(' '), number);
    if (ids.filter(isCve).length < 2) for (const id of ids) this.#classes.join(this.#memberOf(ids[0]!), this.#memberOf(id));
    return number;
  }

  /** The vulnerability of each set of ids. */
  settle(): readonly string[] {
    const cvesByClass = new Map<number, string[]>();
    const firstByClass = new Map<number, string>();
    for (const [id, member] of this.#members) {
      const of = this.#classes.find(member);
      if (isCve(id)) cvesByClass.set(of, [...(cvesByClass.get(of) ?? []), id]);
      if (id < (firstByClass.get(of) ?? '~')) firstByClass.set(of, id);
    }
    return this.#sets.map((ids) => {
      const own = ids.filter(isCve);
      if (own.length > 0) return own.join(' ');
      const of = this.#classes.find(this.#memberOf(ids[0]!));
      const cves = cvesByClass.get(of) ?? [];
      return cves.length === 1 ? cves[0]! : cves.length === 0 ? firstByClass.get(of)! : ids[0]!;
    });
  }

  #memberOf(id: string): number {
    const known = this.#members.get(id);
    if (known !== undefined) return known;
    const member = this.#classes.add();
    this.#members.set(id, member);
    return member;
  }
}

/** Ids that stand for one vulnerability. Advisories of distributions (DSA, RHSA, USN) cover many. */
const vulnerabilityId = /^(?:CVE|GHSA|OSV|PYSEC|RUSTSEC|GO|MAL|SNYK)-/;

function isCve(id: string): boolean {
  return id.startsWith('CVE-');
}
