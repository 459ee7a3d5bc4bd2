import { assigned, token } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'salesforce-access-token',
    title: 'Salesforce session id or access token',
    provider: 'Salesforce',
    severity: 'critical',
    precision: 'exact',
    // The id of an organization, which begins with 00D, an exclamation mark and the session.
    keywords: ['00D'],
    expression: token('00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?![A-Za-z0-9._]{80,200}'),
    minEntropy: 4,
    source: 'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_oauth_and_connected_apps.htm',
    rotation: {
      url: 'https://help.salesforce.com/s/articleView?id=sf.security_user_session_info.htm',
      steps: [
        'End the session under Setup > Session Management, and revoke the refresh token under Connected Apps OAuth Usage.',
        'Check the login history and event logs for queries and exports.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SF_ACCESS_TOKEN='00D${sample.alnum(12)}!${sample.alnum(95)}x'`,
        (sample) => `Authorization: Bearer 00D${sample.alnum(15)}!AQ${sample.alnum(94)}`,
      ],
      misses: [(sample) => `orgId = "00D${sample.alnum(15)}"`, () => '00Dxx0000000000!xxxx'],
    },
  },
  {
    id: 'salesforce-consumer-secret',
    title: 'Salesforce connected app consumer secret',
    provider: 'Salesforce',
    severity: 'high',
    precision: 'contextual',
    keywords: ['salesforce', 'sfdc', 'sf_client', 'sf_consumer'],
    expression: assigned(['(?:salesforce|sfdc|sf_client|sf_consumer)[\\w.\\-({,:"\' ]{0,24}?secret'], '[0-9A-F]{64}|[0-9]{18,19}'),
    minEntropy: 2.8,
    source: 'https://help.salesforce.com/s/articleView?id=sf.connected_app_rotate_consumer_details.htm',
    rotation: {
      url: 'https://help.salesforce.com/s/articleView?id=sf.connected_app_rotate_consumer_details.htm',
      steps: [
        'Generate staged consumer details for the connected app, switch to them and apply the rotation.',
        'Check Connected Apps OAuth Usage and the login history.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SALESFORCE_CLIENT_SECRET=${sample.from('0123456789ABCDEF', 64)}`,
        (sample) => `sfdc: { consumerSecret: "${sample.from('0123456789ABCDEF', 64)}" }`,
      ],
      misses: [(sample) => `SALESFORCE_CLIENT_ID=3MVG9${sample.alnum(80)}`, () => 'SALESFORCE_CLIENT_SECRET=your_secret'],
    },
  },
];
