import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const source = 'https://docs.slack.dev/authentication/tokens';
const appRotation = {
  url: 'https://api.slack.com/apps',
  steps: [
    'Revoke the token: `auth.revoke` with the token itself, or "Revoke All OAuth Tokens" in the settings of the app.',
    'Look in the audit or access logs for messages and files that were read with it.',
    'Install the app again with the least scopes, limit tokens to known IP addresses, and turn on token rotation.',
  ],
};
const sessionRotation = {
  url: 'https://slack.com/help/articles/214613347-Sign-out-of-Slack',
  steps: [
    'Sign the user out of all sessions (account settings); token and cookie stop together.',
    'Look in the access logs for devices and addresses that are not theirs.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'slack-bot-token',
    title: 'Slack bot token',
    provider: 'Slack',
    severity: 'critical',
    precision: 'exact',
    keywords: ['xoxb-'],
    expression: token('xoxb-(?:[0-9]{8,14}-[0-9]{8,14}-[A-Za-z0-9]{20,32}|[0-9]{8,14}-[A-Za-z0-9]{18,26})(?!-)'),
    minEntropy: 3.2,
    source,
    rotation: appRotation,
    examples: {
      matches: [
        (sample) => `SLACK_BOT_TOKEN=xoxb-${sample.digits(12)}-${sample.digits(13)}-${sample.alnum(24)}`,
        (sample) => `new WebClient("xoxb-${sample.digits(11)}-${sample.alnum(24)}")`,
      ],
      misses: [
        () => 'SLACK_BOT_TOKEN=xoxb-your-token',
        () => `xoxb-${'0'.repeat(12)}-${'0'.repeat(12)}-${'x'.repeat(24)}`,
        (sample) => `xoxb-${sample.digits(12)}-${sample.alnum(6)}`,
      ],
    },
  },
  {
    id: 'slack-user-token',
    title: 'Slack user token',
    provider: 'Slack',
    severity: 'critical',
    precision: 'exact',
    keywords: ['xoxp-'],
    expression: token('xoxp-(?:(?:[0-9]{6,14}-){2,3}[0-9a-zA-Z]{10,34}|[0-9]-[A-Za-z0-9]{120,260})(?!-)'),
    minEntropy: 3.2,
    source,
    rotation: appRotation,
    examples: {
      matches: [
        (sample) => `SLACK_TOKEN=xoxp-${sample.digits(12)}-${sample.digits(12)}-${sample.digits(13)}-${sample.hex(32)}`,
        (sample) => `{"token":"xoxp-${sample.digits(11)}-${sample.digits(11)}-${sample.digits(12)}-${sample.hex(32)}"}`,
        (sample) => `SLACK_TOKEN=xoxp-1-${sample.alnum(166)}`,
      ],
      misses: [() => 'SLACK_TOKEN=xoxp-xxxx-xxxx', (sample) => `xoxp-${sample.digits(12)}-${sample.hex(32)}`],
    },
  },
  {
    id: 'slack-app-token',
    title: 'Slack app-level token',
    provider: 'Slack',
    severity: 'high',
    precision: 'exact',
    keywords: ['xapp-'],
    expression: token('xapp-[0-9]-A[A-Z0-9]{8,12}-[0-9]{10,14}-[0-9a-f]{50,70}'),
    minEntropy: 3.2,
    source,
    rotation: {
      url: 'https://api.slack.com/apps',
      steps: [
        'Revoke the token under Basic Information > App-Level Tokens of the app.',
        'Create a new one with only `connections:write` when that is enough.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SLACK_APP_TOKEN=xapp-1-A${sample.upper(10)}-${sample.digits(13)}-${sample.hex(64)}`,
        (sample) => `appToken: 'xapp-1-A${sample.upper(10)}-${sample.digits(13)}-${sample.hex(64)}'`,
      ],
      misses: [() => 'SLACK_APP_TOKEN=xapp-1-...', (sample) => `xapp-1-A${sample.upper(10)}-${sample.digits(13)}-${sample.hex(10)}`],
    },
  },
  {
    id: 'slack-configuration-token',
    title: 'Slack app configuration token',
    provider: 'Slack',
    severity: 'high',
    precision: 'exact',
    keywords: ['xoxe.xox', 'xoxe-'],
    expression: token('xoxe(?:\\.xox[bp])?-[0-9]-[A-Za-z0-9]{120,190}'),
    minEntropy: 4,
    source: 'https://docs.slack.dev/authentication/using-token-rotation',
    rotation: {
      url: 'https://api.slack.com/apps',
      steps: [
        'Call `tooling.tokens.rotate` with the refresh token, or revoke it under "Your App Configuration Tokens".',
        'Check the manifests of your apps for changes.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SLACK_CONFIG_TOKEN=xoxe.xoxp-1-${sample.alnum(163)}`,
        (sample) => `refresh_token: "xoxe-1-${sample.alnum(146)}"`,
      ],
      misses: [(sample) => `xoxe-1-${sample.alnum(12)}`, () => `xoxe.xoxp-1-${'x'.repeat(163)}`],
    },
  },
  {
    id: 'slack-legacy-token',
    title: 'Slack legacy workspace token',
    provider: 'Slack',
    severity: 'high',
    precision: 'exact',
    // `xoxe-` with numbers: read access to the files of an export.
    keywords: ['xoxo-', 'xoxs-', 'xoxa-', 'xoxr-', 'xoxe-'],
    expression: token('(?:xox[ose]-(?:[0-9]{6,14}-){3}[0-9a-f]{10,64}|xox[ar]-(?:[0-9]-)?[0-9A-Za-z]{6,48}(?:-[0-9A-Za-z]{8,64}){0,3})'),
    minEntropy: 2.8,
    source,
    rotation: appRotation,
    examples: {
      matches: [
        (sample) => `token: xoxo-${sample.digits(10)}-${sample.digits(10)}-${sample.digits(11)}-${sample.hex(10)}`,
        (sample) => `image.png?t=xoxe-${sample.digits(13)}-${sample.digits(13)}-${sample.digits(13)}-${sample.hex(32)}`,
        (sample) => `SLACK_WORKSPACE_TOKEN=xoxa-2-${sample.digits(12)}-${sample.digits(12)}-${sample.hex(32)}`,
      ],
      misses: [() => 'token: xoxa-token', (sample) => `xoxs-${sample.digits(10)}`, () => `xoxa-2-${'x'.repeat(20)}`],
    },
  },
  {
    id: 'slack-session-token',
    title: 'Slack browser session token',
    provider: 'Slack',
    severity: 'critical',
    precision: 'exact',
    keywords: ['xoxc-'],
    expression: token('xoxc-[0-9]{9,15}-[0-9]{9,15}-[0-9]{9,15}-[0-9a-f]{64}'),
    minEntropy: 3.2,
    source: 'https://docs.slack.dev/authentication/tokens',
    rotation: sessionRotation,
    examples: {
      matches: [
        (sample) => `SLACK_TOKEN=xoxc-${sample.digits(12)}-${sample.digits(12)}-${sample.digits(13)}-${sample.hex(64)}`,
        (sample) => `token=xoxc-${sample.digits(12)}-${sample.digits(12)}-${sample.digits(13)}-${sample.hex(64)}&channel=C1`,
      ],
      misses: [(sample) => `xoxc-${sample.digits(12)}-${sample.hex(64)}`, () => 'token=xoxc-...'],
    },
  },
  {
    id: 'slack-session-cookie',
    title: 'Slack session cookie',
    provider: 'Slack',
    severity: 'critical',
    precision: 'exact',
    keywords: ['xoxd-'],
    expression: token('xoxd-(?:[A-Za-z0-9+/]|%2[BbFf]){90,260}(?:=|%3[Dd]){0,2}'),
    reach: 900,
    minEntropy: 4,
    source: 'https://docs.slack.dev/authentication/tokens',
    rotation: sessionRotation,
    examples: {
      matches: [
        (sample) => `Cookie: d=xoxd-${sample.base64(119)}x; x=t`,
        (sample) => `SLACK_COOKIE="xoxd-${sample.alnum(60)}%2B${sample.alnum(60)}%3D"`,
      ],
      misses: [(sample) => `xoxd-${sample.alnum(20)}`, () => `d=xoxd-${'x'.repeat(120)}`],
    },
  },
  {
    id: 'slack-webhook-url',
    title: 'Slack incoming webhook',
    provider: 'Slack',
    severity: 'high',
    precision: 'exact',
    keywords: ['hooks.slack.com/'],
    expression:
      /hooks\.slack\.com\/(?<secret>services\/T[A-Za-z0-9_]{7,12}\/B[A-Za-z0-9_]{7,12}\/[A-Za-z0-9]{20,30}|(?:workflows|triggers)\/[A-Z0-9]{7,12}\/[A-Za-z0-9]{7,20}\/[A-Za-z0-9/]{20,80})(?![A-Za-z0-9_])/,
    minEntropy: 3.7,
    source: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
    rotation: {
      url: 'https://api.slack.com/apps',
      steps: [
        'Remove the webhook under Incoming Webhooks of the app (or its workflow) and add a new one.',
        'Warn the channel of forged messages since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T${sample.upper(10)}/B${sample.upper(10)}/${sample.alnum(24)}`,
        (sample) => `curl -X POST "https://hooks.slack.com/triggers/T${sample.upper(10)}/${sample.digits(13)}/${sample.hex(32)}"`,
      ],
      misses: [
        () => 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
        () => 'https://hooks.slack.com/services/YOUR/WEBHOOK/URL',
        (sample) => `https://hooks.slack.com/services/T${sample.upper(10)}`,
      ],
    },
  },
];
