import { isTrueAt, listAt, numberAt, textAt } from '../reading/read-field.ts';
import { parsePort } from '../parse-port.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/** Assessments of SSL Labs, one or a list as ssllabs-scan writes it (https://github.com/ssllabs/ssllabs-scan/blob/master/ssllabs-api-docs-v3.md). */
export const sslLabs: Format = {
  id: 'ssl-labs',
  name: 'SSL Labs',
  variants: [buildVariant('$'), buildVariant('$[]')],
};

function buildVariant(host: '$' | '$[]'): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${host}.host`, `${host}.engineVersion`, `${host}.criteriaVersion`),
    layout: { entries: [`${host}.endpoints[]`], context: ['host', 'port', 'testTime', 'engineVersion'].map((name) => `${host}.${name}`) },
    read: readEndpoint,
  };
}

/** Members of the details, from which number on they mean that there is the fault, its name and its CVE. */
const faults: readonly { readonly member: string; readonly from?: number; readonly title: string; readonly cve?: string }[] = [
  { member: 'heartbleed', title: 'Heartbleed', cve: 'CVE-2014-0160' },
  { member: 'openSslCcs', from: 2, title: 'OpenSSL CCS injection', cve: 'CVE-2014-0224' },
  { member: 'openSSLLuckyMinus20', from: 2, title: 'OpenSSL padding oracle', cve: 'CVE-2016-2107' },
  { member: 'ticketbleed', from: 2, title: 'Ticketbleed', cve: 'CVE-2016-9244' },
  { member: 'bleichenbacher', from: 2, title: 'ROBOT: Bleichenbacher oracle' },
  { member: 'zombiePoodle', from: 2, title: 'Zombie POODLE' },
  { member: 'goldenDoodle', from: 4, title: 'GOLDENDOODLE' },
  { member: 'zeroLengthPaddingOracle', from: 6, title: 'OpenSSL 0-length padding oracle', cve: 'CVE-2019-1559' },
  { member: 'sleepingPoodle', from: 10, title: 'Sleeping POODLE' },
  { member: 'poodle', title: 'POODLE', cve: 'CVE-2014-3566' },
  { member: 'poodleTls', from: 2, title: 'POODLE in TLS', cve: 'CVE-2014-8730' },
  { member: 'freak', title: 'FREAK', cve: 'CVE-2015-0204' },
  { member: 'logjam', title: 'Logjam', cve: 'CVE-2015-4000' },
  { member: 'drownVulnerable', title: 'DROWN', cve: 'CVE-2016-0800' },
  { member: 'vulnBeast', title: 'BEAST', cve: 'CVE-2011-3389' },
  { member: 'supportsRc4', title: 'RC4 is accepted', cve: 'CVE-2013-2566' },
];

/** https://www.rfc-editor.org/rfc/rfc6176, 7568 and 8996 */
const deprecated = /^(?:SSL [23]\.0|TLS 1\.[01])$/;

function readEndpoint({ value, parents }: JsonEntry): readonly Reading[] {
  const host = parents.at(-1);
  if (textAt(value, 'statusMessage') !== 'Ready') return [{ missing: 'server that could not be assessed' }];
  const details = value;
  const problems: Draft[] = [
    ...faults
      .filter(({ member, from }) =>
        from === undefined ? isTrueAt(details, 'details', member) : (numberAt(details, 'details', member) ?? 0) >= from,
      )
      .map(({ member, title, cve }): Draft => ({
        kind: 'vulnerability',
        rule: { id: member },
        title,
        aliases: cve === undefined ? [] : [cve],
      })),
    ...listAt(details, 'details', 'protocols')
      .map((protocol) => `${textAt(protocol, 'name') ?? ''} ${textAt(protocol, 'version') ?? ''}`)
      .filter((name) => deprecated.test(name))
      .map((name): Draft => ({ kind: 'misconfiguration', rule: { id: `protocol/${name}` }, title: `${name} is deprecated` })),
    ...readGrade(textAt(value, 'grade')),
  ];
  if (problems.length === 0) return [{ skipped: 'server without finding' }];
  const name = textAt(host, 'host');
  const milliseconds = numberAt(host, 'testTime');
  return problems.map((problem) => ({
    ...problem,
    location: { host: textAt(value, 'ipAddress') ?? name, port: parsePort(textAt(host, 'port')), protocol: 'tls' },
    asset: name === undefined ? undefined : { type: 'host', name },
    foundAt: milliseconds === undefined || Math.abs(milliseconds) > 1e14 ? undefined : new Date(milliseconds).toISOString(),
    identity: '',
    tool: { version: textAt(host, 'engineVersion') },
  }));
}

/** T means that the certificate is not trusted, M that it is for another name. */
function readGrade(grade: string | undefined): Draft[] {
  if (grade === undefined || grade.startsWith('A')) return [];
  return [{ kind: 'misconfiguration', rule: { id: 'grade' }, title: `SSL Labs gives the grade ${grade}`, severity: grade }];
}
