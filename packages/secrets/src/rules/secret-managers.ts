import { assigned, credentialsOf, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

/** Keepers of other secrets with one kind of token each: whoever holds it holds what they keep. */
export const rules: readonly Rule[] = [
  {
    id: 'bitwarden-access-token',
    title: 'Bitwarden Secrets Manager access token',
    provider: 'Bitwarden',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['bws_access', 'bws ', 'bitwarden'],
    expression: assigned(
      ['bws_access_token', 'bws [a-z \\t]{0,24}?--access-token', ...credentialsOf('bitwarden')],
      `0\\.${uuid}\\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==`,
    ),
    minEntropy: 4,
    source: 'https://bitwarden.com/help/access-tokens/',
    rotation: {
      url: 'https://bitwarden.com/help/access-tokens/#revoke-an-access-token',
      steps: [
        'Revoke the access token of its machine account.',
        'Read the event log and rotate the secrets of the projects it could read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `BWS_ACCESS_TOKEN=0.${sample.uuid()}.${sample.alnum(30)}:${sample.base64(22)}==`,
        (sample) => `bws secret list --access-token 0.${sample.uuid()}.${sample.alnum(30)}:${sample.base64(22)}==`,
      ],
      misses: [() => 'BWS_ACCESS_TOKEN=<ACCESS_TOKEN>', (sample) => `BWS_ACCESS_TOKEN=0.${sample.uuid()}.${sample.alnum(12)}`],
    },
  },
  {
    id: 'infisical-service-token',
    title: 'Infisical service token',
    provider: 'Infisical',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['infisical'],
    expression: assigned(
      credentialsOf('infisical'),
      'st\\.[0-9a-f]{8,24}(?:-[0-9a-f]{4}){0,3}(?:-[0-9a-f]{12})?\\.[0-9a-f]{32}\\.[0-9a-f]{32}',
    ),
    minEntropy: 3,
    source: 'https://infisical.com/docs/documentation/platform/token',
    rotation: {
      url: 'https://infisical.com/docs/documentation/platform/token',
      steps: [
        'Delete the service token under Access control of its project.',
        'Read the audit log and rotate the secrets of the environments it could read.',
        'Use a machine identity instead.',
      ],
    },
    examples: {
      matches: [
        (sample) => `INFISICAL_TOKEN=st.${sample.hex(24)}.${sample.hex(32)}.${sample.hex(32)}`,
        (sample) => `infisical.token: "st.${sample.uuid()}.${sample.hex(32)}.${sample.hex(32)}"`,
      ],
      misses: [() => 'INFISICAL_TOKEN=st.xxxx.yyyy.zzzz', (sample) => `INFISICAL_TOKEN=st.${sample.hex(24)}`],
    },
  },
  {
    id: 'infisical-client-secret',
    title: 'Infisical machine identity client secret',
    provider: 'Infisical',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['infisical'],
    expression: assigned(['infisical[\\w.\\-]{0,24}?(?:[:=>\\[({,"\' \\t]{1,8}[\\w.\\-]{0,16}?)?client[_\\-]?secret'], '[0-9a-f]{64}'),
    minEntropy: 3.4,
    source: 'https://infisical.com/docs/documentation/platform/identities/universal-auth',
    rotation: {
      url: 'https://infisical.com/docs/documentation/platform/identities/universal-auth',
      steps: [
        'Revoke the client secret of the identity and create a new one with a limit of uses and addresses.',
        'Read the audit log and rotate the secrets it could read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=${sample.hex(64)}`,
        (sample) => `infisical: { clientSecret: '${sample.hex(64)}' }`,
      ],
      misses: [
        () => `INFISICAL_CLIENT_SECRET=${'0'.repeat(64)}`,
        (sample) => `infisical_digest=${sample.hex(64)}`,
        () => 'INFISICAL_CLIENT_SECRET=${CLIENT_SECRET}',
      ],
    },
  },
  {
    id: 'akeyless-access-key',
    title: 'Akeyless access key',
    provider: 'Akeyless',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['akeyless'],
    expression: assigned(credentialsOf('akeyless'), '[A-Za-z0-9+/]{43}='),
    minEntropy: 4.2,
    source: 'https://docs.akeyless.io/docs/api-key',
    rotation: {
      url: 'https://docs.akeyless.io/docs/api-key',
      steps: ['Reset the access key of the auth method.', 'Read the audit log and rotate the secrets that its role could read.'],
    },
    examples: {
      matches: [
        (sample) => `AKEYLESS_ACCESS_KEY=${sample.base64(43)}=`,
        (sample) => `"akeyless": { "accessKey": "${sample.base64(43)}=" }`,
      ],
      misses: [
        () => 'AKEYLESS_ACCESS_KEY=<your-access-key>',
        () => `AKEYLESS_ACCESS_KEY=${'A'.repeat(43)}=`,
        (sample) => `AKEYLESS_ACCESS_ID=p-${sample.lower(12)}`,
      ],
    },
  },
];
