const vulnerabilityId =
  /\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|RUSTSEC-\d{4}-\d{4}|PYSEC-\d{4}-\d+|GO-\d{4}-\d{4,}|OSV-\d{4}-\d+|MAL-\d{4}-\d+|SNYK-[A-Z0-9]+-[A-Z0-9.-]+|(?:DSA|DLA|USN|RHSA|ALAS2?|ELSA)-\d[\d:-]*)/gi;

const plainCve = /^CVE-\d{4}-\d{4,}$/;

/** The published ids of a vulnerability that stand in these texts, each once: CVE first, then in their order. */
export function parseVulnerabilityIds(...texts: readonly (string | undefined)[]): string[] {
  const found: string[] = [];
  for (const text of texts) {
    if (text === undefined) continue;
    // Most are no more than that, in each of millions of findings.
    if (plainCve.test(text)) found.push(text);
    else for (const id of text.match(vulnerabilityId) ?? []) found.push(writeAsPublished(id));
  }
  if (found.length < 2) return found;
  return [...new Set(found)].sort((a, b) => Number(b.startsWith('CVE-')) - Number(a.startsWith('CVE-')));
}

const cweInText = /\bCWE[-_/: ]{0,3}0*\d{1,4}\b/gi;

/** Numbers of weaknesses that stand in these texts: `CWE-79: Cross-site Scripting`, `cwe/89`, `79`. Each once, in their order. */
export function parseCwes(...texts: readonly (string | undefined)[]): number[] {
  const found: number[] = [];
  const add = (number: number): void => {
    if (number > 0 && !found.includes(number)) found.push(number);
  };
  for (const text of texts) {
    if (text === undefined) continue;
    const whole = /^(?:CWE-)?(\d{1,4})$/.exec(text)?.[1];
    if (whole !== undefined) add(Number(whole));
    else for (const match of text.match(cweInText) ?? []) add(Number(match.slice(match.search(/\d/))));
  }
  return found;
}

/** GitHub writes the letters behind `GHSA` small. */
function writeAsPublished(id: string): string {
  const upper = id.toUpperCase();
  return upper.startsWith('GHSA-') ? `GHSA${upper.slice(4).toLowerCase()}` : upper;
}

/** A fingerprint of ours: 32 hex digits. */
export function parseFingerprint(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{32}$/.test(text) ? text : undefined;
}
