import { assigned, credentialsOf, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

/** Collectors of errors, with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'rollbar-access-token',
    title: 'Rollbar access token',
    provider: 'Rollbar',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['rollbar'],
    // Client tokens (post_client_item) stand in web pages by design; nothing in the value tells them apart.
    expression: assigned(credentialsOf('rollbar(?![\\w.\\-]{0,16}client)'), '[0-9a-f]{32}'),
    minEntropy: 3.2,
    source: 'https://docs.rollbar.com/docs/access-tokens',
    rotation: {
      url: 'https://docs.rollbar.com/docs/access-tokens',
      steps: [
        'Disable the token in the settings of its project and create one with the scope that is needed.',
        'A token with read or write scope shows events, which hold personal data.',
      ],
    },
    examples: {
      matches: [(sample) => `ROLLBAR_ACCESS_TOKEN=${sample.hex(32)}`, (sample) => `Rollbar.configure { accessToken: '${sample.hex(32)}' }`],
      misses: [
        (sample) => `ROLLBAR_CLIENT_TOKEN=${sample.hex(32)}`,
        () => `ROLLBAR_ACCESS_TOKEN=${'0'.repeat(32)}`,
        () => 'ROLLBAR_ACCESS_TOKEN=POST_SERVER_ITEM_ACCESS_TOKEN',
      ],
    },
  },
  {
    id: 'bugsnag-api-key',
    title: 'Bugsnag API key',
    provider: 'Bugsnag',
    severity: 'low',
    precision: 'contextual',
    keywords: ['bugsnag'],
    expression: assigned(credentialsOf('bugsnag'), '[0-9a-f]{32}'),
    minEntropy: 3.2,
    source: 'https://docs.bugsnag.com/product/getting-started/',
    rotation: {
      url: 'https://docs.bugsnag.com/product/getting-started/',
      steps: [
        'The notifier key only sends errors and stands in apps by design; regenerate it under Project settings if others send with it.',
      ],
    },
    examples: {
      matches: [(sample) => `BUGSNAG_API_KEY=${sample.hex(32)}`, (sample) => `Bugsnag.start({ apiKey: '${sample.hex(32)}' })`],
      misses: [
        () => `BUGSNAG_API_KEY=${'0'.repeat(32)}`,
        () => 'BUGSNAG_API_KEY=your-api-key-here',
        (sample) => `bugsnag-js@7: ${sample.hex(32)}`,
      ],
    },
  },
  {
    id: 'airbrake-project-key',
    title: 'Airbrake project or user key',
    provider: 'Airbrake',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['airbrake'],
    expression: assigned(credentialsOf('airbrake'), '(?:[0-9a-f]{32}|[0-9a-f]{40})'),
    minEntropy: 3.2,
    source: 'https://docs.airbrake.io/docs/devops-tools/api/',
    rotation: {
      url: 'https://docs.airbrake.io/docs/devops-tools/api/',
      steps: ['Regenerate the project key in the project settings, a user key in the profile, and replace it in the senders.'],
    },
    examples: {
      matches: [(sample) => `AIRBRAKE_PROJECT_KEY=${sample.hex(32)}`, (sample) => `airbrake: { userKey: "${sample.hex(40)}" }`],
      misses: [() => `AIRBRAKE_PROJECT_KEY=${'0'.repeat(32)}`, (sample) => `AIRBRAKE_PROJECT_ID=${sample.digits(6)}`],
    },
  },
  {
    id: 'appsignal-push-key',
    title: 'AppSignal push API key',
    provider: 'AppSignal',
    severity: 'low',
    precision: 'contextual',
    keywords: ['appsignal', 'app_signal'],
    expression: assigned(credentialsOf('app_?signal'), uuid),
    minEntropy: 3,
    source: 'https://docs.appsignal.com/appsignal/terminology.html#push-api-key',
    rotation: {
      url: 'https://appsignal.com/redirect-to/organization?to=admin/api_keys',
      steps: ['Add a push key, roll it out, delete the leaked one.', 'The key only sends data, but it can bury or falsify yours.'],
    },
    examples: {
      matches: [(sample) => `APPSIGNAL_PUSH_API_KEY=${sample.uuid()}`, (sample) => `appsignal: { push_api_key: "${sample.uuid()}" }`],
      misses: [(sample) => `appsignal_site=${sample.uuid()}`, () => 'APPSIGNAL_PUSH_API_KEY=00000000-0000-0000-0000-000000000000'],
    },
  },
];
