import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

/** Help desks and customer messaging with one kind of token each. */
export const rules: readonly Rule[] = [
  {
    id: 'intercom-access-token',
    title: 'Intercom access token',
    provider: 'Intercom',
    severity: 'high',
    precision: 'exact',
    // Base64 of `tok:`.
    keywords: [['dG9', 'rO'].join('')],
    expression: token(`${['dG9', 'rO'].join('')}[A-Za-z0-9+/]{54}=`),
    isValid: (secret) => /^tok:[0-9a-f_-]{36}:\d:\d$/.test(Buffer.from(secret, 'base64').toString('latin1')),
    source: 'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication',
    rotation: {
      url: 'https://app.intercom.com/a/developer-signin',
      steps: [
        'Regenerate the access token on the page "Authentication" of the app.',
        'Check conversations and contacts exported since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `INTERCOM_TOKEN=${Buffer.from(`tok:${sample.uuid().replaceAll('-', '_')}:1:0`).toString('base64')}`,
        (sample) => `Authorization: Bearer ${Buffer.from(`tok:${sample.uuid().replaceAll('-', '_')}:1:0`).toString('base64')}`,
      ],
      misses: [
        (sample) => `INTERCOM_TOKEN=${Buffer.from(`tok:${sample.alnum(40)}`).toString('base64')}`,
        () => `x = "${Buffer.from('tok:').toString('base64')}"`,
      ],
    },
  },
  {
    id: 'zendesk-api-token',
    title: 'Zendesk API token',
    provider: 'Zendesk',
    severity: 'high',
    precision: 'contextual',
    keywords: ['zendesk', '/token:'],
    expression: assigned([...credentialsOf('zendesk'), '/token(?=:[A-Za-z0-9]{40})'], '[A-Za-z0-9]{40}'),
    minEntropy: 4,
    source: 'https://developer.zendesk.com/api-reference/introduction/security-and-auth/',
    rotation: {
      url: 'https://support.zendesk.com/hc/en-us/articles/4408889192858',
      steps: [
        'Delete the token in the Admin Center under Apps and integrations > Zendesk API.',
        'Check the audit log and tickets exported since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ZENDESK_API_TOKEN=${sample.alnum(40)}`,
        (sample) => `curl https://acme.zendesk.com/api/v2/users.json -u admin@acme.com/token:${sample.alnum(40)}`,
      ],
      misses: [
        () => 'ZENDESK_API_TOKEN=your_token',
        (sample) => `ZENDESK_API_TOKEN=${sample.alnum(20)}`,
        () => `ZENDESK_API_TOKEN=${'x'.repeat(40)}`,
      ],
    },
  },
  {
    id: 'freshdesk-api-key',
    title: 'Freshdesk API key',
    provider: 'Freshworks',
    severity: 'high',
    precision: 'contextual',
    keywords: ['freshdesk', 'freshservice'],
    expression: assigned(credentialsOf('fresh(?:desk|service)'), '[A-Za-z0-9_-]{18,20}'),
    minEntropy: 3.4,
    chosen: 'random',
    source: 'https://developers.freshdesk.com/api/#authentication',
    rotation: {
      url: 'https://support.freshdesk.com/support/solutions/articles/215517-how-to-find-your-api-key',
      steps: ['Reset the API key in the profile settings of the agent.', 'Check tickets and contacts exported since the leak.'],
    },
    examples: {
      matches: [(sample) => `FRESHDESK_API_KEY=${sample.alnum(20)}`, (sample) => `"freshdesk": {"api_key": "${sample.alnum(20)}"}`],
      misses: [() => 'FRESHDESK_API_KEY=xxxxxxxxxxxxxxxxxxxx', (sample) => `FRESHDESK_API_KEY=${sample.alnum(10)}`],
    },
  },
  {
    id: 'front-api-token',
    title: 'Front API token',
    provider: 'Front',
    severity: 'high',
    precision: 'contextual',
    keywords: ['frontapp', 'front_api', 'front_token', 'front-api'],
    expression:
      /(?:frontapp|front_api|front_token|front-api)[^\r\n]{0,64}?(?<![A-Za-z0-9_])(?<secret>eyJ[A-Za-z0-9_-]{15,80}\.eyJ[A-Za-z0-9_-]{60,320}\.[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/i,
    reach: 640,
    minEntropy: 4.3,
    source: 'https://dev.frontapp.com/docs/create-and-revoke-api-tokens',
    rotation: {
      url: 'https://app.frontapp.com/settings/developers/tokens',
      steps: ['Revoke the token on the linked page.', 'Check conversations and contacts exported since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `FRONT_API_TOKEN=eyJ${sample.base64url(17)}.eyJ${sample.base64url(140)}.${sample.base64url(43)}`,
        (sample) => `frontapp: { token: "eyJ${sample.base64url(33)}.eyJ${sample.base64url(160)}.${sample.base64url(43)}" }`,
      ],
      misses: [() => 'FRONT_API_TOKEN=<token>', (sample) => `front_api_url=https://api2.frontapp.com/${sample.alnum(8)}`],
    },
  },
];
