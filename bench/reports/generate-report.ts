import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const words =
  'a an the application library function allows remote attackers to cause denial of service via crafted input because memory is not released when parsing headers which leads out bounds read before version users should upgrade'.split(
    ' ',
  );
const entriesPerTarget = 400;

/** Writes a report like Trivy's of many images. */
export async function generateJsonReport(path: string, bytes: number): Promise<void> {
  await write(path, bytes, {
    start:
      '{"SchemaVersion":2,"CreatedAt":"2024-03-05T17:15:00Z","ArtifactName":"registry.example/shop:1","ArtifactType":"container_image","Results":[',
    end: ']}]}',
    entry: (i) => {
      const opening = i === 0 ? openTarget(0) : i % entriesPerTarget === 0 ? `]},${openTarget(i)}` : ',';
      return opening + JSON.stringify(vulnerability(i), undefined, 2);
    },
  });
}

function openTarget(i: number): string {
  return `{"Target":"layer ${i}","Class":"lang-pkgs","Type":"npm","Vulnerabilities":[`;
}

function vulnerability(i: number): object {
  return {
    VulnerabilityID: `CVE-${2000 + (i % 26)}-${1000 + i}`,
    PkgName: `package-${i % 5000}`,
    PkgIdentifier: { PURL: `pkg:npm/package-${i % 5000}@1.${i % 40}.0` },
    InstalledVersion: `1.${i % 40}.0`,
    FixedVersion: `1.${(i % 40) + 1}.0`,
    Status: 'fixed',
    Layer: { DiffID: `sha256:${(i % 90).toString(16).padStart(64, '0')}` },
    PrimaryURL: `https://avd.example/nvd/cve-${i}`,
    Title: sentence(i, 9),
    Description: sentence(i, 60),
    Severity: ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'][i % 4],
    CweIDs: [`CWE-${i % 900}`],
    CVSS: { nvd: { V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', V3Score: (i % 100) / 10 } },
    References: Array.from({ length: 6 }, (_, n) => `https://example.org/advisories/${i}/${n}`),
    PublishedDate: '2024-03-05T17:15:00Z',
  };
}

/** Writes a report like Trivy's of so many vulnerabilities, each told in few words: about 300 bytes. */
export async function generateLeanReport(path: string, count: number): Promise<void> {
  await pipeline(Readable.from(pieces()), createWriteStream(path));

  function* pieces(): Generator<string> {
    yield '{"SchemaVersion":2,"CreatedAt":"2024-03-05T17:15:00Z","ArtifactName":"registry.example/shop:1","ArtifactType":"container_image","Results":[';
    for (let i = 0; i < count; i += entriesPerTarget) {
      const length = Math.min(entriesPerTarget, count - i);
      const entries = Array.from({ length }, (_, n) => JSON.stringify(leanVulnerability(i + n)));
      yield `${i === 0 ? '' : ','}${openTarget(i)}${entries.join(',\n')}]}`;
    }
    yield ']}';
  }
}

function leanVulnerability(i: number): object {
  const { VulnerabilityID, PkgName, InstalledVersion, FixedVersion, PrimaryURL, Severity } = vulnerability(i) as Record<string, unknown>;
  return { VulnerabilityID, PkgName, InstalledVersion, FixedVersion, Status: 'fixed', PrimaryURL, Title: sentence(i, 6), Severity };
}

/** Writes a report like that of Nessus. */
export async function generateXmlReport(path: string, bytes: number): Promise<void> {
  await write(path, bytes, {
    start: '<?xml version="1.0" ?>\n<NessusClientData_v2><Policy/><Report name="network">',
    end: '</ReportHost></Report></NessusClientData_v2>\n',
    entry: (i) => {
      const host = `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
      const opening = `<ReportHost name="${host}"><HostProperties><tag name="host-ip">${host}</tag></HostProperties>\n`;
      const isFirst = i % entriesPerTarget === 0;
      return `${isFirst && i > 0 ? '</ReportHost>\n' : ''}${isFirst ? opening : ''}${item(i)}`;
    },
  });
}

function item(i: number): string {
  return `<ReportItem port="${i % 65536}" svc_name="www" protocol="tcp" severity="${i % 5}" pluginID="${10_000 + (i % 90_000)}" pluginName="${sentence(i, 6)}" pluginFamily="Web Servers">
<cve>CVE-${2000 + (i % 26)}-${1000 + i}</cve>
<cvss3_base_score>${((i % 100) / 10).toFixed(1)}</cvss3_base_score>
<cvss3_vector>CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H</cvss3_vector>
<description>${sentence(i, 60)}</description>
<plugin_output>${sentence(i, 40)} &lt;b&gt; &amp; more</plugin_output>
<risk_factor>Medium</risk_factor>
<see_also>https://example.org/advisories/${i}</see_also>
<solution>${sentence(i, 12)}</solution>
<synopsis>${sentence(i, 12)}</synopsis>
</ReportItem>
`;
}

/** Another one for each number. */
function sentence(i: number, length: number): string {
  return Array.from({ length }, (_, n) => words[(i * 31 + n * n * 7 + (i >> (n % 16))) % words.length]).join(' ');
}

interface Shape {
  readonly start: string;
  readonly end: string;
  entry(index: number): string;
}

async function write(path: string, bytes: number, { start, end, entry }: Shape): Promise<void> {
  await pipeline(Readable.from(pieces()), createWriteStream(path));

  function* pieces(): Generator<string> {
    yield start;
    let written = 0;
    for (let i = 0; written < bytes; i += 100) {
      const piece = Array.from({ length: 100 }, (_, n) => entry(i + n)).join('');
      written += piece.length;
      yield piece;
    }
    yield end;
  }
}
