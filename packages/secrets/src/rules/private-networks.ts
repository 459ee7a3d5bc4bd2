import { crc32 } from 'node:zlib';
import { toBase62 } from './base62.ts';
import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

/** Private networks and tunnels, with one kind of key each: who holds it is inside. */
export const rules: readonly Rule[] = [
  {
    id: 'tailscale-key',
    title: 'Tailscale key',
    provider: 'Tailscale',
    severity: 'critical',
    precision: 'exact',
    keywords: ['tskey-'],
    expression: token('tskey-(?:[a-z]{3,9}-)?[A-Za-z0-9]{8,20}-[A-Za-z0-9]{18,40}'),
    minEntropy: 3.8,
    source: 'https://tailscale.com/kb/1277/key-prefixes',
    rotation: {
      url: 'https://login.tailscale.com/admin/settings/keys',
      steps: [
        'Revoke the key on the linked page; OAuth clients and SCIM keys in their own settings.',
        'Remove machines that you did not add and read the configuration audit log.',
        'Use short-lived, tagged, ephemeral auth keys.',
      ],
    },
    examples: {
      matches: [
        (sample) => `TS_AUTHKEY=tskey-auth-k${sample.alnum(5)}CNTRL-${sample.alnum(32)}`,
        (sample) => `tailscale up --authkey tskey-${sample.alnum(12)}-${sample.alnum(22)}`,
        (sample) => `"apiKey": "tskey-api-k${sample.alnum(8)}CNTRL-${sample.alnum(33)}"`,
      ],
      misses: [
        () => `TS_AUTHKEY=tskey-auth-${'x'.repeat(12)}-${'x'.repeat(22)}`,
        () => 'TS_AUTHKEY=tskey-auth-...',
        (sample) => `tskey-auth-${sample.alnum(6)}`,
      ],
    },
  },
  {
    id: 'ngrok-token',
    title: 'ngrok authtoken or API key',
    provider: 'ngrok',
    severity: 'high',
    precision: 'contextual',
    keywords: ['ngrok', 'authtoken'],
    expression: assigned([...credentialsOf('ngrok'), 'ngrok config add-authtoken', 'authtoken'], '[1-9][A-Za-z0-9]{26}_[A-Za-z0-9]{17,22}'),
    minEntropy: 4,
    source: 'https://ngrok.com/docs/agent/#authtokens',
    rotation: {
      url: 'https://dashboard.ngrok.com/authtokens',
      steps: [
        'Reset or delete the token on the linked page, an API key under API keys.',
        'Close tunnels that you did not open.',
        'Give each agent a token of its own with an access list.',
      ],
    },
    examples: {
      matches: [
        (sample) => `NGROK_AUTHTOKEN=2${sample.alnum(26)}_${sample.alnum(21)}`,
        (sample) => `authtoken: 1${sample.alnum(26)}_${sample.alnum(20)}`,
        (sample) => `ngrok config add-authtoken 2${sample.alnum(26)}_${sample.alnum(21)}`,
      ],
      misses: [
        () => `NGROK_AUTHTOKEN=1${'x'.repeat(26)}_${'x'.repeat(20)}`,
        () => 'ngrok config add-authtoken <token>',
        (sample) => `NGROK_DOMAIN=${sample.lower(27)}_${sample.lower(21)}`,
      ],
    },
  },
  {
    id: 'defined-networking-token',
    title: 'Defined Networking (Nebula) API key',
    provider: 'Defined Networking',
    severity: 'critical',
    precision: 'exact',
    keywords: ['dnkey-'],
    expression: token('dnkey-[A-Z0-9]{26}-[A-Z0-9]{52}'),
    minEntropy: 4,
    source: 'https://docs.defined.net/guides/automating-host-creation/',
    rotation: {
      url: 'https://admin.defined.net/settings/api-keys',
      steps: ['Delete the key on the linked page.', 'Remove hosts and routes that you did not add; read the audit log.'],
    },
    examples: {
      matches: [
        (sample) => `DEFINED_API_KEY=dnkey-${sample.upper(26)}-${sample.upper(52)}`,
        (sample) => `Authorization: Bearer dnkey-${sample.upper(26)}-${sample.upper(52)}`,
      ],
      misses: [() => `dnkey-${'X'.repeat(26)}-${'X'.repeat(52)}`, (sample) => `dnkey-${sample.upper(26)}`],
    },
  },
  {
    id: 'netbird-access-token',
    title: 'NetBird personal access token',
    provider: 'NetBird',
    severity: 'critical',
    precision: 'exact',
    keywords: ['nbp_'],
    expression: token('nbp_[A-Za-z0-9]{36}'),
    isValid: hasNetBirdChecksum,
    source: 'https://github.com/netbirdio/netbird/blob/main/management/server/types/personal_access_token.go',
    rotation: {
      url: 'https://docs.netbird.io/how-to/access-netbird-public-api',
      steps: [
        'Delete the token under Team > Users of its user.',
        'Read the activity events: peers, routes, policies and setup keys that were added.',
      ],
    },
    examples: {
      matches: [(sample) => `NB_PAT=${netBirdToken(sample)}`, (sample) => `Authorization: Token ${netBirdToken(sample)}`],
      misses: [(sample) => `NB_PAT=nbp_${sample.alnum(36)}`, () => `NB_PAT=nbp_${'x'.repeat(36)}`, (sample) => `nbp_${sample.alnum(10)}`],
    },
  },
  {
    id: 'zerotier-token',
    title: 'ZeroTier Central API token',
    provider: 'ZeroTier',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['zerotier'],
    expression: assigned(credentialsOf('zerotier'), '[A-Za-z0-9]{32}'),
    minEntropy: 3.8,
    notSecrets: [/^[0-9a-f]{32}$/, /^[^0-9]*$/, /^[^A-Z]*$/],
    source: 'https://docs.zerotier.com/central/v1/',
    rotation: {
      url: 'https://my.zerotier.com/account',
      steps: [
        'Delete the token on the linked page.',
        'Remove members that you did not authorise and review the flow rules of the networks.',
      ],
    },
    examples: {
      matches: [(sample) => `ZEROTIER_CENTRAL_TOKEN=${sample.alnum(32)}`, (sample) => `zerotier: { token: "${sample.alnum(32)}" }`],
      misses: [
        () => `ZEROTIER_CENTRAL_TOKEN=${'x'.repeat(32)}`,
        (sample) => `zerotier_key_digest=${sample.hex(32)}`,
        () => 'ZEROTIER_CENTRAL_TOKEN=${TOKEN}',
      ],
    },
  },
];

/** The last six characters are the CRC-32 of the 30 before them in base 62, as in GitHub's tokens. */
function hasNetBirdChecksum(secret: string): boolean {
  return toBase62(crc32(secret.slice(4, 34)), 6) === secret.slice(34);
}

function netBirdToken(sample: Sampler): string {
  const random = sample.alnum(30);
  return `nbp_${random}${toBase62(crc32(random), 6)}`;
}
