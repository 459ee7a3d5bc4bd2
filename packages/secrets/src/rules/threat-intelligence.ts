import { assigned, credentialsOf } from './forms.ts';
import type { Rule } from './rule.ts';

/** Services that look up hosts, addresses and malware, with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'shodan-api-key',
    title: 'Shodan API key',
    provider: 'Shodan',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['shodan'],
    expression: assigned(
      [...credentialsOf('shodan'), 'shodan\\.Shodan', 'shodan init', 'shodan\\.io/[^\\s"\']{0,120}?key'],
      '[A-Za-z0-9]{32}',
    ),
    minEntropy: 3.8,
    source: 'https://developer.shodan.io/api/introduction',
    rotation: {
      url: 'https://account.shodan.io/',
      steps: ['Reset the API key on the linked page.', 'Check the scan and query credits used; alerts show which networks you watch.'],
    },
    examples: {
      matches: [
        (sample) => `SHODAN_API_KEY=${sample.alnum(32)}`,
        (sample) => `api = shodan.Shodan('${sample.alnum(32)}')`,
        (sample) => `https://api.shodan.io/shodan/host/8.8.8.8?key=${sample.alnum(32)}`,
      ],
      misses: [() => 'SHODAN_API_KEY=YOUR_API_KEY', () => `SHODAN_API_KEY=${'x'.repeat(32)}`],
    },
  },
  {
    id: 'virustotal-api-key',
    title: 'VirusTotal API key',
    provider: 'VirusTotal',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['virustotal', 'virus_total', 'vt_api', 'vt_key', 'vtapi', 'x-apikey', 'vt.client'],
    expression: assigned([...credentialsOf('virus_?total'), '(?<![A-Za-z])vt_?(?:api_?)?key', 'x-apikey', 'vt\\.Client'], '[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://docs.virustotal.com/docs/please-give-me-an-api-key',
    rotation: {
      url: 'https://www.virustotal.com/gui/my-apikey',
      steps: [
        'Ask support to reset the key of the account (premium groups: in the group settings).',
        'Check the quota used; private scans and livehunt rules may have been seen.',
      ],
    },
    examples: {
      matches: [
        (sample) => `VIRUSTOTAL_API_KEY=${sample.hex(64)}`,
        (sample) => `curl -H 'x-apikey: ${sample.hex(64)}' https://www.virustotal.com/api/v3/files/abc`,
      ],
      misses: [
        (sample) => `https://www.virustotal.com/gui/file/${sample.hex(64)}/detection`,
        () => 'VIRUSTOTAL_API_KEY=<api key>',
        (sample) => `virustotal_sha256=${sample.hex(64)}`,
      ],
    },
  },
  {
    id: 'securitytrails-api-key',
    title: 'SecurityTrails API key',
    provider: 'SecurityTrails',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['securitytrails', 'security_trails'],
    expression: assigned(credentialsOf('security_?trails'), '[A-Za-z0-9_-]{32}'),
    minEntropy: 3.8,
    source: 'https://docs.securitytrails.com/docs/quickstart',
    rotation: {
      url: 'https://securitytrails.com/app/account/credentials',
      steps: ['Delete the key on the linked page and create a new one.', 'Check the quota used.'],
    },
    examples: {
      matches: [(sample) => `SECURITYTRAILS_API_KEY=${sample.alnum(32)}`, (sample) => `securitytrails: { key: "${sample.alnum(32)}" }`],
      misses: [() => 'SECURITYTRAILS_API_KEY=your_api_key', () => `SECURITYTRAILS_API_KEY=${'x'.repeat(32)}`],
    },
  },
  {
    id: 'censys-api-secret',
    title: 'Censys API secret or token',
    provider: 'Censys',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['censys'],
    expression: assigned(
      ['censys[\\w.\\-({,:"\' ]{0,24}?(?:secret|token|pat)(?![a-z])'],
      'censys_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,32}|[A-Za-z0-9]{32}',
    ),
    minEntropy: 3.7,
    source: 'https://docs.censys.com/reference/get-started',
    rotation: {
      url: 'https://platform.censys.io/account-management/personal-access-tokens',
      steps: ['Delete the token on the linked page (older secrets: reset them in the account).', 'Check the credits used.'],
    },
    examples: {
      matches: [
        (sample) => `CENSYS_API_SECRET=${sample.alnum(32)}`,
        (sample) => `CENSYS_TOKEN=censys_${sample.alnum(8)}_${sample.alnum(24)}`,
      ],
      misses: [(sample) => `CENSYS_API_ID=${sample.uuid()}`, () => 'CENSYS_API_SECRET=secret', () => `CENSYS_API_SECRET=${'x'.repeat(32)}`],
    },
  },
  {
    id: 'abuseipdb-api-key',
    title: 'AbuseIPDB API key',
    provider: 'AbuseIPDB',
    severity: 'low',
    precision: 'contextual',
    keywords: ['abuseipdb', 'abuse_ipdb'],
    expression: assigned(credentialsOf('abuse_?ipdb'), '[0-9a-f]{80}'),
    minEntropy: 3.2,
    source: 'https://docs.abuseipdb.com/#introduction',
    rotation: {
      url: 'https://www.abuseipdb.com/account/api',
      steps: ['Delete the key on the linked page and create a new one.', 'Check reports filed in your name.'],
    },
    examples: {
      matches: [(sample) => `ABUSEIPDB_API_KEY=${sample.hex(80)}`, (sample) => `abuseipdb_key: "${sample.hex(80)}"`],
      misses: [() => 'ABUSEIPDB_API_KEY=YOUR_OWN_API_KEY', (sample) => `ABUSEIPDB_API_KEY=${sample.hex(40)}`],
    },
  },
  {
    id: 'urlscan-api-key',
    title: 'urlscan.io API key',
    provider: 'urlscan.io',
    severity: 'low',
    precision: 'contextual',
    keywords: ['urlscan'],
    expression: assigned(credentialsOf('urlscan(?:_?io)?'), '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'),
    minEntropy: 3,
    source: 'https://docs.urlscan.io/apis/urlscan-openapi',
    rotation: {
      url: 'https://urlscan.io/user/profile/',
      steps: ['Delete the key on the linked page and create a new one.', 'Treat private scans as seen.'],
    },
    examples: {
      matches: [(sample) => `URLSCAN_API_KEY=${sample.uuid()}`, (sample) => `urlscan: { apiKey: "${sample.uuid()}" }`],
      misses: [
        (sample) => `https://urlscan.io/result/${sample.uuid()}/`,
        () => 'URLSCAN_API_KEY=$apikey',
        (sample) => `urlscan_result=${sample.uuid()}`,
      ],
    },
  },
];
