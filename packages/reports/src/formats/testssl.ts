import type { CsvEntry } from '../reading/read-csv-entries.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { textAt } from '../reading/read-field.ts';
import type { Format, Reading } from './format.ts';

/** Reports of testssl.sh: `--csv`, `--json` and `--json-pretty` (https://testssl.sh/doc/testssl.1.html). */
export const testssl: Format = {
  id: 'testssl',
  name: 'testssl.sh',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('id', 'fqdn/ip', 'port', 'severity', 'finding'),
      layout: { columns: ['id', 'fqdn/ip', 'port', 'severity', 'finding'] },
      read: (entry) => readCheck((name) => entry.field(name), readRowPlace(entry)),
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$[].id', '$[].ip', '$[].port', '$[].finding') &&
        outline.matches('$[].severity', /^(?:OK|INFO|WARN|FATAL|LOW|MEDIUM|HIGH|CRITICAL)$/),
      layout: { entries: ['$[]'] },
      read: ({ value }) => readCheck((name) => textAt(value, name), { address: textAt(value, 'ip'), port: textAt(value, 'port') }),
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.Invocation', '$.scanResult') && outline.has('$.openssl'),
      layout: {
        entries: ['$.scanResult[]{}[]'],
        context: ['$.scanResult[].targetHost', '$.scanResult[].ip', '$.scanResult[].port', '$.version', '$.at'],
      },
      read: ({ value, parents: [root, host] }) =>
        readCheck((name) => textAt(value, name), {
          address: [textAt(host, 'targetHost'), textAt(host, 'ip')].filter((part) => part !== undefined).join('/') || textAt(root, 'at'),
          port: textAt(host, 'port'),
          version: textAt(root, 'version')?.split(' ')[0],
        }),
    },
  ],
};

interface Place {
  /** `shop.example/192.0.2.7`, one of the two alone, or nothing for what concerns the run. */
  readonly address: string | undefined;
  readonly port: string | undefined;
  readonly version?: string | undefined;
}

function readRowPlace(entry: CsvEntry): Place {
  return { address: entry.field('fqdn/ip'), port: entry.field('port') };
}

/** Rows that sum up the others. */
const rating =
  /^(?:(?:protocol_support|key_exchange|cipher_strength)_score(?:_weighted)?|final_score|overall_grade|grade_cap_reason_\d+|rating_\w+)$/;

function readCheck(get: (name: string) => string | undefined, { address, port, version }: Place): Reading {
  const id = get('id');
  const severity = get('severity');
  if (severity === 'OK') return { skipped: 'passed check' };
  // What the OpenSSL of the one who scans cannot do; other checks stand in for it.
  if (severity === 'DEBUG' || id === 'engine_problem') return { skipped: 'line about the scan' };
  if (severity === 'FATAL') return { missing: 'scan that failed' };
  if (severity === 'WARN') return { missing: 'check that could not be done' };
  if (id === 'scanTime') return { skipped: 'line about the scan' };
  if (rating.test(id ?? '')) return { skipped: 'rating' };
  const [name, ip] = address?.split('/') ?? [];
  const cves = parseVulnerabilityIds(get('cve'));
  const text = get('finding')?.replaceAll(/ {2,}/g, ' ');
  return {
    kind: cves.length > 0 ? 'vulnerability' : 'misconfiguration',
    rule: { id },
    title: [id, text].filter((part) => part !== undefined).join(': '),
    severity,
    cwes: parseCwes(get('cwe')),
    aliases: cves,
    location: { host: name || ip, port: parsePort(port), protocol: 'tls' },
    asset: name || ip ? { type: 'host', name: (name || ip)! } : undefined,
    // What was found changes in its details, such as how many days a certificate is still valid.
    identity: '',
    tool: { version },
  };
}
