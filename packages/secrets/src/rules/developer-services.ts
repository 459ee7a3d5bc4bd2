import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

/** Background jobs, short links and other building blocks, with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'wundergraph-cosmo-api-key',
    title: 'WunderGraph Cosmo API key',
    provider: 'WunderGraph',
    severity: 'high',
    precision: 'exact',
    keywords: ['cosmo_'],
    expression: token('cosmo_[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://cosmo-docs.wundergraph.com/studio/api-keys',
    rotation: {
      url: 'https://cosmo.wundergraph.com/',
      steps: ['Delete the key under "API Keys" of the organization.', 'Review the audit log and the published schemas.'],
    },
    examples: {
      matches: [(sample) => `COSMO_API_KEY=cosmo_${sample.hex(32)}`, (sample) => `api_key: "cosmo_${sample.hex(32)}"`],
      misses: [(sample) => `cosmo_${sample.hex(8)}`, () => `COSMO_API_KEY=cosmo_${'0'.repeat(32)}`],
    },
  },
  {
    id: 'inngest-signing-key',
    title: 'Inngest signing key',
    provider: 'Inngest',
    severity: 'high',
    precision: 'exact',
    keywords: ['signkey-'],
    expression: token('signkey-(?:prod|test|branch|[a-z]{2,12})-[0-9a-f]{32,64}'),
    minEntropy: 3,
    source: 'https://www.inngest.com/docs/platform/signing-keys',
    rotation: {
      url: 'https://app.inngest.com/env/production/manage/signing-key',
      steps: [
        'Rotate the key on the linked page; set the old one as the fallback while you deploy.',
        'Check function runs since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `INNGEST_SIGNING_KEY=signkey-prod-${sample.hex(64)}`,
        (sample) => `signingKey: "signkey-test-${sample.hex(32)}"`,
      ],
      misses: [() => 'INNGEST_SIGNING_KEY=signkey-prod-...', (sample) => `signkey-prod-${sample.hex(6)}`],
    },
  },
  {
    id: 'trigger-dev-secret-key',
    title: 'Trigger.dev secret key',
    provider: 'Trigger.dev',
    severity: 'high',
    precision: 'exact',
    keywords: ['tr_prod_', 'tr_stg_', 'tr_pat_'],
    expression: token('tr_(?:prod|stg|pat)_[A-Za-z0-9]{20,40}'),
    minEntropy: 3.4,
    source: 'https://trigger.dev/docs/apikeys',
    rotation: {
      url: 'https://cloud.trigger.dev/',
      steps: ['Regenerate the key on the page "API keys" of the project.', 'Check runs and schedules since the leak.'],
    },
    examples: {
      matches: [(sample) => `TRIGGER_SECRET_KEY=tr_prod_${sample.alnum(20)}`, (sample) => `secretKey: 'tr_pat_${sample.lower(40)}'`],
      misses: [() => 'TRIGGER_SECRET_KEY=tr_prod_xxxxx', (sample) => `tr_prod_${sample.alnum(6)}`, () => `tr_prod_${'x'.repeat(20)}`],
    },
  },
  {
    id: 'val-town-api-token',
    title: 'Val Town API token',
    provider: 'Val Town',
    severity: 'high',
    precision: 'exact',
    keywords: ['vtwn_'],
    expression: token('vtwn_[A-Za-z0-9]{24,60}'),
    minEntropy: 3.6,
    source: 'https://docs.val.town/api/authentication/',
    rotation: {
      url: 'https://www.val.town/settings/api',
      steps: ['Delete the token on the linked page.', 'Check vals and their environment variables: these hold further secrets.'],
    },
    examples: {
      matches: [(sample) => `VAL_TOWN_API_KEY=vtwn_${sample.alnum(32)}`, (sample) => `bearerToken: "vtwn_${sample.alnum(28)}"`],
      misses: [() => 'VAL_TOWN_API_KEY=vtwn_...', (sample) => `vtwn_${sample.alnum(6)}`, () => `vtwn_${'x'.repeat(32)}`],
    },
  },
  {
    id: 'adobe-client-secret',
    title: 'Adobe OAuth client secret',
    provider: 'Adobe',
    severity: 'high',
    precision: 'exact',
    keywords: ['p8e-'],
    expression: token('p8e-[A-Za-z0-9_-]{32}(?!-)'),
    minEntropy: 3.6,
    source: 'https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/',
    rotation: {
      url: 'https://developer.adobe.com/console/projects',
      steps: [
        'Add a new client secret to the credential, switch to it, delete the leaked one.',
        'Check the product profiles that the credential had.',
      ],
    },
    examples: {
      matches: [(sample) => `ADOBE_CLIENT_SECRET=p8e-${sample.alnum(32)}`, (sample) => `"client_secret": "p8e-${sample.base64url(31)}x"`],
      misses: [() => 'ADOBE_CLIENT_SECRET=p8e-your-secret', (sample) => `p8e-${sample.alnum(10)}`, () => `p8e-${'x'.repeat(32)}`],
    },
  },
  {
    id: 'bitly-access-token',
    title: 'Bitly access token',
    provider: 'Bitly',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['bitly', 'bit_ly', 'bit.ly'],
    expression: assigned([...credentialsOf('bit(?:_|\\.)?ly'), 'bitly\\.Client'], '[0-9a-f]{40}'),
    minEntropy: 3,
    source: 'https://dev.bitly.com/docs/getting-started/authentication/',
    rotation: {
      url: 'https://app.bitly.com/settings/api/',
      steps: [
        'Change the password of the account (tokens stop) or deauthorise the app on the linked page.',
        'Check where your short links lead.',
      ],
    },
    examples: {
      matches: [(sample) => `BITLY_ACCESS_TOKEN=${sample.hex(40)}`, (sample) => `bitly: { token: "${sample.hex(40)}" }`],
      misses: [() => 'BITLY_ACCESS_TOKEN={TOKEN}', (sample) => `bitly_commit=${sample.hex(40)}`, () => `BITLY_TOKEN=${'0'.repeat(40)}`],
    },
  },
  {
    id: 'rebrandly-api-key',
    title: 'Rebrandly API key',
    provider: 'Rebrandly',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['rebrandly'],
    expression: assigned(credentialsOf('rebrandly'), '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://developers.rebrandly.com/docs/api-key-authentication',
    rotation: {
      url: 'https://app.rebrandly.com/account/api-keys',
      steps: ['Delete the key on the linked page and create a new one.', 'Check where your short links lead.'],
    },
    examples: {
      matches: [(sample) => `REBRANDLY_API_KEY=${sample.hex(32)}`, (sample) => `rebrandly: { apikey: '${sample.hex(32)}' }`],
      misses: [() => 'REBRANDLY_API_KEY=YOUR_API_KEY', (sample) => `REBRANDLY_WORKSPACE=${sample.hex(32)}`],
    },
  },
  {
    id: 'lichess-access-token',
    title: 'Lichess access token',
    provider: 'Lichess',
    severity: 'low',
    precision: 'exact',
    keywords: ['lip_', 'lio_'],
    expression: token('li[po]_[A-Za-z0-9]{20,48}'),
    minEntropy: 3.5,
    source: 'https://lichess.org/api#section/Introduction/Authentication',
    rotation: {
      url: 'https://lichess.org/account/oauth/token',
      steps: ['Revoke the token on the linked page.', 'Check games and messages of the account.'],
    },
    examples: {
      matches: [(sample) => `LICHESS_TOKEN=lip_${sample.alnum(20)}`, (sample) => `Authorization: Bearer lio_${sample.alnum(32)}`],
      misses: [() => 'LICHESS_TOKEN=lip_xxxxxxxxxxxxxxxxxxxx', () => 'lip_sync_animation_frames_total'],
    },
  },
  {
    id: 'finicity-app-key',
    title: 'Finicity app key or partner secret',
    provider: 'Finicity',
    severity: 'high',
    precision: 'contextual',
    keywords: ['finicity'],
    expression: assigned(credentialsOf('finicity'), '[0-9a-f]{32}|[A-Za-z0-9]{20}'),
    minEntropy: 3,
    source: 'https://developer.mastercard.com/open-finance-us/documentation/integration/',
    rotation: {
      url: 'https://developer.mastercard.com/open-finance-us/documentation/integration/',
      steps: [
        'Change the partner secret (`PUT /aggregation/v2/partners/authentication`) and ask for a new app key.',
        'Treat the bank data of customers as exposed and follow your duty to report.',
      ],
    },
    examples: {
      matches: [(sample) => `FINICITY_APP_KEY=${sample.hex(32)}`, (sample) => `Finicity-App-Key: ${sample.hex(32)}`],
      misses: [() => 'FINICITY_APP_KEY=your-app-key', (sample) => `FINICITY_PARTNER_ID=${sample.digits(13)}`],
    },
  },
  {
    id: 'tableau-personal-access-token',
    title: 'Tableau personal access token',
    provider: 'Tableau',
    severity: 'high',
    precision: 'contextual',
    keywords: ['tableau', 'personalaccesstokensecret'],
    expression:
      /(?:tableau|personalaccesstokensecret)[^\r\n]{0,64}?(?<![A-Za-z0-9+/])(?<secret>[A-Za-z0-9+/]{22}==:[A-Za-z0-9]{32})(?![A-Za-z0-9])/i,
    minEntropy: 4.2,
    source: 'https://help.tableau.com/current/online/en-us/security_personal_access_tokens.htm',
    rotation: {
      url: 'https://help.tableau.com/current/online/en-us/security_personal_access_tokens.htm#revoke-a-users-pats',
      steps: ['Revoke the token in the account settings of its user.', 'Check the activity log for workbooks and data that were read.'],
    },
    examples: {
      matches: [
        (sample) => `TABLEAU_PAT=${sample.base64(22)}==:${sample.alnum(32)}`,
        (sample) => `"personalAccessTokenSecret": "${sample.base64(22)}==:${sample.alnum(32)}"`,
      ],
      misses: [() => 'TABLEAU_PAT=your-token', (sample) => `TABLEAU_SITE=${sample.lower(12)}`],
    },
  },
  {
    id: 'intra42-client-secret',
    title: '42 intra API client secret',
    provider: '42',
    severity: 'medium',
    precision: 'exact',
    keywords: ['s-s4t2ud-', 's-s4t2af-'],
    expression: token('s-s4t2(?:ud|af)-[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://api.intra.42.fr/apidoc/guides/getting_started',
    rotation: {
      url: 'https://profile.intra.42.fr/oauth/applications',
      steps: ['Generate a new secret for the application on the linked page; the old one can be ended at once.'],
    },
    examples: {
      matches: [(sample) => `CLIENT_SECRET=s-s4t2ud-${sample.hex(64)}`, (sample) => `secret: 's-s4t2af-${sample.hex(64)}'`],
      misses: [(sample) => `CLIENT_ID=u-s4t2ud-${sample.hex(64)}`, () => 's-s4t2ud-...', () => `s-s4t2ud-${'0'.repeat(64)}`],
    },
  },
];
