import type { Severity } from '@deployguard/findings';
import { parsePort } from '../parse-port.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childText } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

const server = '/document/ssltest';

/** Reports of sslscan: `--xml` (https://github.com/rbsec/sslscan). It rates ciphers alone. */
export const sslscan: Format = {
  id: 'sslscan',
  name: 'sslscan',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'document' && outline.attribute('/document', 'title')?.startsWith('SSLScan') === true,
      layout: {
        entries: [
          ...['protocol', 'renegotiation', 'compression', 'fallback', 'heartbleed', 'cipher', 'certificates/certificate'].map(
            (name) => `${server}/${name}`,
          ),
          '/document/error',
        ],
      },
      read: readCheck,
    },
  ],
};

/** https://www.rfc-editor.org/rfc/rfc6176, 7568 and 8996 */
const deprecated: ReadonlyMap<string, string> = new Map([
  ['ssl 2', 'SSL 2.0'],
  ['ssl 3', 'SSL 3.0'],
  ['tls 1.0', 'TLS 1.0'],
  ['tls 1.1', 'TLS 1.1'],
]);

const labels: ReadonlyMap<string, Severity> = new Map([
  ['null', 'high'],
  ['anonymous', 'high'],
  ['weak', 'high'],
  ['medium', 'medium'],
]);

function readCheck({ element, parents: [root, test] }: XmlEntry): Reading {
  if (element.name === 'error') return { missing: 'server that could not be reached' };
  const problem = findProblem(element);
  if (problem === undefined) return { skipped: 'passed check' };
  const host = attributeOf(test, 'host');
  return {
    ...problem,
    location: { host, port: parsePort(attributeOf(test, 'port')), protocol: 'tls' },
    asset: host === undefined ? undefined : { type: 'host', name: host },
    identity: '',
    tool: { version: attributeOf(root, 'version') },
  };
}

function findProblem(element: XmlElement): Draft | undefined {
  const says = (name: string, value: string): boolean => attributeOf(element, name) === value;
  switch (element.name) {
    case 'protocol': {
      const name = deprecated.get(`${attributeOf(element, 'type') ?? ''} ${attributeOf(element, 'version') ?? ''}`);
      return name !== undefined && says('enabled', '1') ? buildFault(`protocol/${name}`, `${name} is deprecated`) : undefined;
    }
    case 'renegotiation':
      return says('supported', '1') && says('secure', '0')
        ? buildAttack('renegotiation', 'Insecure renegotiation', 'CVE-2009-3555')
        : undefined;
    case 'compression':
      return says('supported', '1') ? buildAttack('compression', 'TLS compression (CRIME)', 'CVE-2012-4929') : undefined;
    case 'fallback':
      return says('supported', '0') ? buildFault('fallback', 'Downgrades are not prevented (TLS_FALLBACK_SCSV)') : undefined;
    case 'heartbleed':
      return says('vulnerable', '1')
        ? buildAttack(`heartbleed/${attributeOf(element, 'sslversion') ?? ''}`, 'Heartbleed', 'CVE-2014-0160')
        : undefined;
    case 'cipher':
      return readCipher(element);
    default:
      return readCertificate(element);
  }
}

function readCipher(element: XmlElement): Draft | undefined {
  const strength = attributeOf(element, 'strength');
  const label = labels.get(strength ?? '');
  const name = attributeOf(element, 'cipher');
  const protocol = attributeOf(element, 'sslversion');
  if (label === undefined || name === undefined) return undefined;
  return {
    ...buildFault(`cipher/${protocol ?? ''}/${name}`, `Weak cipher: ${name} (${protocol ?? 'TLS'})`),
    severity: strength,
    severityLabel: label,
  };
}

function readCertificate(element: XmlElement): Draft | undefined {
  const problems = [
    childText(element, 'expired') === 'true' ? 'It has expired.' : undefined,
    childText(element, 'self-signed') === 'true' ? 'It is signed by itself.' : undefined,
    /^(?:md5|sha1)/i.test(childText(element, 'signature-algorithm') ?? '') ? 'Its signature is weak.' : undefined,
  ].filter((problem) => problem !== undefined);
  return problems.length > 0 ? { ...buildFault('certificate', 'Certificate is not trusted'), description: problems.join('\n') } : undefined;
}

function buildAttack(id: string, title: string, cve: string): Draft {
  return { kind: 'vulnerability', rule: { id }, title, aliases: [cve] };
}

function buildFault(id: string, title: string): Draft {
  return { kind: 'misconfiguration', rule: { id }, title };
}
