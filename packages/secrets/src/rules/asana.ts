import { assigned, credentialsOf } from './forms.ts';
import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'asana-access-token',
    title: 'Asana personal access token',
    provider: 'Asana',
    severity: 'high',
    precision: 'contextual',
    keywords: ['asana', 'bearer 1/', 'bearer 2/', 'bearer 0/'],
    expression:
      /(?:asana[^\r\n]{0,64}?|bearer )(?<![A-Za-z0-9/])(?<secret>(?:[12]\/[0-9]{13,17}(?:\/[0-9]{13,17})?:[0-9a-f]{32}|0\/[0-9a-f]{32}))(?![A-Za-z0-9])/i,
    minEntropy: 3,
    source: 'https://developers.asana.com/docs/personal-access-token',
    rotation: {
      url: 'https://app.asana.com/0/my-apps',
      steps: [
        'Deauthorise the token on the linked page.',
        'Check the audit log for exports and changes that are not yours.',
        'Use a service account for servers.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ASANA_ACCESS_TOKEN=1/${sample.digits(16)}:${sample.hex(32)}`,
        (sample) =>
          `curl -H "Authorization: Bearer 2/${sample.digits(16)}/${sample.digits(16)}:${sample.hex(32)}" https://app.asana.com/api/1.0/users/me`,
      ],
      misses: [
        () => 'ASANA_ACCESS_TOKEN=ASANA_ACCESS_TOKEN',
        (sample) => `https://app.asana.com/0/${sample.digits(16)}/${sample.digits(16)}`,
      ],
    },
  },
  {
    id: 'asana-client-secret',
    title: 'Asana OAuth client secret',
    provider: 'Asana',
    severity: 'high',
    precision: 'contextual',
    keywords: ['asana'],
    expression: assigned(credentialsOf('asana'), '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://developers.asana.com/docs/oauth',
    rotation: {
      url: 'https://app.asana.com/0/my-apps',
      steps: ['Reset the client secret of the app on the linked page.', 'Check the redirect addresses of the app.'],
    },
    examples: {
      matches: [(sample) => `ASANA_CLIENT_SECRET=${sample.hex(32)}`, (sample) => `asana: { clientSecret: "${sample.hex(32)}" }`],
      misses: [
        (sample) => `ASANA_CLIENT_ID=${sample.digits(16)}`,
        () => 'ASANA_CLIENT_SECRET=your-secret',
        () => `ASANA_CLIENT_SECRET=${'0'.repeat(32)}`,
      ],
    },
  },
];
