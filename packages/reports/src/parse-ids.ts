const vulnerabilityId =
  /\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|RUSTSEC-\d{4}-\d{4}|PYSEC-\d{4}-\d+|GO-\d{4}-\d{4,}|OSV-\d{4}-\d+|MAL-\d{4}-\d+|SNYK-[A-Z0-9]+-[A-Z0-9.-]+|(?:DSA|DLA|USN|RHSA|ALAS2?|ELSA)-\d[\d:-]*)/gi;

/** The published ids of a vulnerability that stand in these texts, each once: CVE first, then in their order. */
export function parseVulnerabilityIds(...texts: readonly (string | undefined)[]): string[] {
  const found = texts.flatMap((text) => text?.match(vulnerabilityId) ?? []).map(writeAsPublished);
  return [...new Set(found)].sort((a, b) => Number(b.startsWith('CVE-')) - Number(a.startsWith('CVE-')));
}

/** Numbers of weaknesses that stand in these texts: `CWE-79: Cross-site Scripting`, `cwe/89`, `79`. Each once, in their order. */
export function parseCwes(...texts: readonly (string | undefined)[]): number[] {
  const found = texts.flatMap((text) => {
    if (text === undefined) return [];
    if (/^\d{1,4}$/.test(text)) return [Number(text)];
    return [...text.matchAll(/\bCWE[-_/: ]{0,3}0*(\d{1,4})\b/gi)].map((match) => Number(match[1]));
  });
  return [...new Set(found)].filter((number) => number > 0);
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
