import { joinTexts } from '../join-texts.ts';
import { parsePort } from '../parse-port.ts';
import { isTrueAt, listAt, objectAt, textAt } from '../reading/read-field.ts';
import { attributeOf, childAt, childrenAt } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/**
 * Reports of SSLyze: JSON from version 2 on, XML before (https://nabla-c0d3.github.io/sslyze/documentation/). SSLyze says what a server
 * does and does not rate it; findings are what a standard forbids or a name was given to as an attack.
 */
export const sslyze: Format = {
  id: 'sslyze',
  name: 'SSLyze',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.server_scan_results') &&
        (outline.has('$.sslyze_version') || outline.has('$.server_scan_results[].server_location', '$.server_scan_results[].scan_result')),
      layout: {
        entries: ['$.server_scan_results[]', '$.invalid_server_strings[]'],
        context: ['$.sslyze_version', '$.date_scans_completed'],
      },
      read: ({ path, value, parents: [root] }) => {
        const location = objectAt(value, 'server_location') ?? objectAt(value, 'server_info', 'server_location');
        if (path === '$.invalid_server_strings[]' || textAt(value, 'scan_status')?.startsWith('ERROR'))
          return { missing: 'server that could not be reached' };
        return toReadings(readCommands(objectAt(value, 'scan_result') ?? objectAt(value, 'scan_commands_results')), {
          host: textAt(location, 'hostname'),
          port: textAt(location, 'port'),
          version: textAt(root, 'sslyze_version'),
          foundAt: textAt(root, 'date_scans_completed'),
        });
      },
    },
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'document' && outline.attribute('/document', 'SSLyzeVersion') !== undefined,
      layout: { entries: ['/document/results/target', '/document/invalidTargets/invalidTarget'] },
      read: ({ element, parents: [root] }) => {
        if (element.name === 'invalidTarget') return { missing: 'server that could not be reached' };
        return toReadings(readTarget(element), {
          host: attributeOf(element, 'host'),
          port: attributeOf(element, 'port'),
          version: attributeOf(root, 'SSLyzeVersion'),
        });
      },
    },
  ],
};

/** What a server does, as both kinds of reports say it; undefined where it was not looked at. */
interface Behaviour {
  readonly hasHeartbleed: boolean;
  readonly hasCcsInjection: boolean;
  readonly hasRobot: boolean;
  readonly hasCompression: boolean;
  readonly lacksSecureRenegotiation: boolean;
  readonly allowsClientRenegotiation: boolean;
  readonly lacksFallbackScsv: boolean;
  /** By protocol, the suites it accepts; protocols that it does not speak are left out. */
  readonly suites: ReadonlyMap<string, readonly string[]>;
  readonly certificateProblems: readonly string[];
}

const protocols: readonly { readonly name: string; readonly key: string; readonly tag: string; readonly standard?: string }[] = [
  { name: 'SSL 2.0', key: 'ssl_2_0_cipher_suites', tag: 'sslv2', standard: 'https://www.rfc-editor.org/rfc/rfc6176' },
  { name: 'SSL 3.0', key: 'ssl_3_0_cipher_suites', tag: 'sslv3', standard: 'https://www.rfc-editor.org/rfc/rfc7568' },
  { name: 'TLS 1.0', key: 'tls_1_0_cipher_suites', tag: 'tlsv1', standard: 'https://www.rfc-editor.org/rfc/rfc8996' },
  { name: 'TLS 1.1', key: 'tls_1_1_cipher_suites', tag: 'tlsv1_1', standard: 'https://www.rfc-editor.org/rfc/rfc8996' },
  { name: 'TLS 1.2', key: 'tls_1_2_cipher_suites', tag: 'tlsv1_2' },
];

/** No encryption, no authentication, or with a key or a cipher that RFC 9325 §4.1 says not to use. */
const weakSuite = /NULL|anon|EXPORT|RC4|_DES_|_DES40_|3DES|_MD5$/i;

function readCommands(commands: unknown): Behaviour {
  const resultOf = (name: string) => objectAt(commands, name, 'result') ?? objectAt(commands, name);
  const saysNo = (name: string, field: string): boolean => textAt(resultOf(name), field) === 'false';
  const deployments = listAt(resultOf('certificate_info'), 'certificate_deployments');
  return {
    hasHeartbleed: isTrueAt(resultOf('heartbleed'), 'is_vulnerable_to_heartbleed'),
    hasCcsInjection: isTrueAt(resultOf('openssl_ccs_injection'), 'is_vulnerable_to_ccs_injection'),
    hasRobot: textAt(resultOf('robot'), 'robot_result')?.startsWith('VULNERABLE') === true,
    hasCompression: isTrueAt(resultOf('tls_compression'), 'supports_compression'),
    lacksSecureRenegotiation: saysNo('session_renegotiation', 'supports_secure_renegotiation'),
    allowsClientRenegotiation:
      isTrueAt(resultOf('session_renegotiation'), 'is_vulnerable_to_client_renegotiation_dos') ||
      isTrueAt(resultOf('session_renegotiation'), 'accepts_client_renegotiation'),
    lacksFallbackScsv: saysNo('tls_fallback_scsv', 'supports_fallback_scsv'),
    suites: new Map(
      protocols.flatMap(({ name, key }) => {
        const accepted = listAt(resultOf(key), 'accepted_cipher_suites');
        return accepted.length > 0 ? [[name, accepted.map((suite) => textAt(suite, 'cipher_suite', 'name') ?? '')] as const] : [];
      }),
    ),
    certificateProblems: deployments.flatMap((deployment) => [
      ...(textAt(deployment, 'leaf_certificate_subject_matches_hostname') === 'false' ? ['The certificate is for another name.'] : []),
      ...(isTrueAt(deployment, 'verified_chain_has_sha1_signature') ? ['The chain of certificates has a signature with SHA-1.'] : []),
      ...listAt(deployment, 'path_validation_results').flatMap((result) => {
        const error = textAt(result, 'validation_error') ?? textAt(result, 'openssl_error_string');
        return error === undefined ? [] : [`${textAt(result, 'trust_store', 'name') ?? 'A trust store'}: ${error}`];
      }),
    ]),
  };
}

function readTarget(target: XmlElement): Behaviour {
  const says = (value: string, ...path: readonly [string, string, string]): boolean =>
    attributeOf(childAt(target, path[0], path[1]), path[2]) === value;
  return {
    hasHeartbleed: says('True', 'heartbleed', 'openSslHeartbleed', 'isVulnerable'),
    hasCcsInjection: says('True', 'openssl_ccs', 'openSslCcsInjection', 'isVulnerable'),
    hasRobot: attributeOf(childAt(target, 'robot', 'robotAttack'), 'resultEnum')?.startsWith('VULNERABLE') === true,
    hasCompression: says('True', 'compression', 'compressionMethod', 'isSupported'),
    lacksSecureRenegotiation: says('False', 'reneg', 'sessionRenegotiation', 'isSecure'),
    allowsClientRenegotiation: says('True', 'reneg', 'sessionRenegotiation', 'canBeClientInitiated'),
    lacksFallbackScsv: says('False', 'fallback', 'tlsFallbackScsv', 'isSupported'),
    suites: new Map(
      protocols.flatMap(({ name, tag }) => {
        const accepted = childrenAt(target, tag, 'acceptedCipherSuites', 'cipherSuite');
        return accepted.length > 0 ? [[name, accepted.map((suite) => attributeOf(suite, 'name') ?? '')] as const] : [];
      }),
    ),
    certificateProblems: [
      ...childrenAt(target, 'certinfo', 'certificateValidation', 'hostnameValidation')
        .filter((element) => attributeOf(element, 'certificateMatchesServerHostname') === 'False')
        .map(() => 'The certificate is for another name.'),
      ...childrenAt(target, 'certinfo', 'certificateValidation', 'pathValidation')
        .filter((element) => attributeOf(element, 'validationResult') !== 'ok')
        .map(
          (element) =>
            `${attributeOf(element, 'usingTrustStore') ?? 'A trust store'}: ${attributeOf(element, 'validationResult') ?? 'no result'}`,
        ),
    ],
  };
}

interface Server {
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly version: string | undefined;
  readonly foundAt?: string | undefined;
}

function toReadings(behaviour: Behaviour, { host, port, version, foundAt }: Server): readonly Reading[] {
  const problems: Draft[] = [
    ...(behaviour.hasHeartbleed ? [buildAttack('heartbleed', 'Heartbleed', 'CVE-2014-0160')] : []),
    ...(behaviour.hasCcsInjection ? [buildAttack('openssl_ccs_injection', 'OpenSSL CCS injection', 'CVE-2014-0224')] : []),
    ...(behaviour.hasRobot ? [buildAttack('robot', 'ROBOT: Bleichenbacher oracle', undefined)] : []),
    ...(behaviour.hasCompression ? [buildAttack('tls_compression', 'TLS compression (CRIME)', 'CVE-2012-4929')] : []),
    ...(behaviour.lacksSecureRenegotiation ? [buildAttack('insecure_renegotiation', 'Insecure renegotiation', 'CVE-2009-3555')] : []),
    ...(behaviour.allowsClientRenegotiation ? [buildFault('client_renegotiation', 'Clients may renegotiate')] : []),
    ...(behaviour.lacksFallbackScsv ? [buildFault('fallback_scsv', 'Downgrades are not prevented (TLS_FALLBACK_SCSV)')] : []),
    ...protocols.flatMap(({ name, key, standard }) => {
      const accepted = behaviour.suites.get(name);
      const weak = accepted?.filter((suite) => weakSuite.test(suite)) ?? [];
      return [
        ...(accepted && standard ? [{ ...buildFault(key, `${name} is deprecated`), references: [standard] }] : []),
        ...(weak.length > 0 ? [{ ...buildFault(`weak_${key}`, `Weak cipher suites in ${name}`), description: weak.join('\n') }] : []),
      ];
    }),
    ...(behaviour.certificateProblems.length > 0
      ? [{ ...buildFault('certificate_info', 'Certificate is not trusted'), description: joinTexts(...behaviour.certificateProblems) }]
      : []),
  ];
  if (problems.length === 0) return [{ skipped: 'server without finding' }];
  const place = { host, port: parsePort(port), protocol: 'tls' };
  return problems.map((problem) => ({
    ...problem,
    location: place,
    asset: host === undefined ? undefined : { type: 'host', name: host },
    foundAt,
    tool: { version },
  }));
}

function buildAttack(id: string, title: string, cve: string | undefined): Draft {
  return { kind: 'vulnerability', rule: { id }, title, aliases: cve === undefined ? [] : [cve], identity: '' };
}

function buildFault(id: string, title: string): Draft {
  return { kind: 'misconfiguration', rule: { id }, title, identity: '' };
}
