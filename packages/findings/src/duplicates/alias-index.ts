import { DisjointSets } from './disjoint-sets.ts';

/**
 * Tells which vulnerability the ids of a finding mean, over all findings: `CVE-2021-44228` and `GHSA-jfh8-c2jp-5v3q` are one as soon as some
 * finding names both.
 *
 * Two CVEs are never one. So what names several CVEs (a plugin for a whole release) joins nothing, and an id that findings join with
 * different CVEs stands for none of them.
 */
export class AliasIndex {
  readonly #members = new Map<string, number>();
  /** By member. */
  readonly #ids: string[] = [];
  readonly #classes = new DisjointSets();
  /** Sets of several ids, as members; most sets are one id. */
  readonly #sets: (readonly number[])[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of this set of ids; `undefined` where none of them stands for one vulnerability. */
  add(aliases: readonly string[]): number | undefined {
    const ids = [...new Set(aliases.filter((id) => vulnerabilityId.test(id)))].sort();
    if (ids.length === 0) return undefined;
    const members = ids.map((id) => this.#memberOf(id));
    if (members.length === 1) return members[0]! * 2;
    const key = members.join(' ');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = (this.#sets.push(members) - 1) * 2 + 1;
    this.#numbers.set(key, number);
    if (ids.filter(isCve).length < 2) for (const member of members) this.#classes.join(members[0]!, member);
    return number;
  }

  /** Tells the vulnerability of a set of ids. */
  settle(): (set: number) => string {
    const cves = new Int32Array(this.#ids.length).fill(none);
    const firsts = new Int32Array(this.#ids.length).fill(none);
    for (const [member, id] of this.#ids.entries()) {
      const of = this.#classes.find(member);
      if (isCve(id)) cves[of] = cves[of] === none ? member : several;
      if (firsts[of] === none || id < this.#ids[firsts[of]!]!) firsts[of] = member;
    }
    return (set) => {
      const members = set % 2 === 0 ? [set / 2] : this.#sets[(set - 1) / 2]!;
      const ids = members.map((member) => this.#ids[member]!);
      const own = ids.filter(isCve);
      if (own.length > 0) return own.join(' ');
      const of = this.#classes.find(members[0]!);
      const cve = cves[of]!;
      return cve === several ? ids[0]! : this.#ids[cve === none ? firsts[of]! : cve]!;
    };
  }

  #memberOf(id: string): number {
    const known = this.#members.get(id);
    if (known !== undefined) return known;
    const member = this.#classes.add();
    this.#members.set(id, member);
    this.#ids.push(id);
    return member;
  }
}

/** Instead of the member of a class. */
const none = -1;
const several = -2;

/** Ids that stand for one vulnerability. Advisories of distributions (DSA, RHSA, USN) cover many. */
const vulnerabilityId = /^(?:CVE|GHSA|OSV|PYSEC|RUSTSEC|GO|MAL|SNYK)-/;

function isCve(id: string): boolean {
  return id.startsWith('CVE-');
}
