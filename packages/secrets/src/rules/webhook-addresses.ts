import type { Severity } from '@deployguard/findings';
import { alnumBetween, base64url, base64urlBetween, hex, lower, uuidForm } from './key-forms.ts';
import type { KeyForm } from './key-forms.ts';
import type { Rule } from './rule.ts';

/** An address that lets whoever knows it in. */
interface SecretAddress {
  readonly id: string;
  readonly provider: string;
  readonly title: string;
  /** What all such addresses have at their start, after `https://`; the keyword. */
  readonly start: string;
  /** Between `start` and the secret (expression source), with an example of it. */
  readonly between?: readonly [source: string, example: string];
  readonly form: KeyForm;
  readonly docs: string;
  readonly severity: Severity;
  readonly check: string;
}

const post = 'Look for messages there that are not yours.';
const build = 'Look for builds and deployments that nobody asked for.';

const addresses: readonly SecretAddress[] = [
  {
    id: 'lark-webhook-url',
    provider: 'Lark',
    title: 'Lark webhook address',
    start: 'open.larksuite.com/open-apis/bot/v2/hook/',
    form: uuidForm,
    docs: 'https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot',
    severity: 'medium',
    check: post,
  },
  {
    id: 'feishu-webhook-url',
    provider: 'Lark',
    title: 'Feishu webhook address',
    start: 'open.feishu.cn/open-apis/bot/v2/hook/',
    form: uuidForm,
    docs: 'https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot',
    severity: 'medium',
    check: post,
  },
  {
    id: 'dingtalk-webhook-url',
    provider: 'DingTalk',
    title: 'DingTalk robot address',
    start: 'oapi.dingtalk.com/robot/send?access_token=',
    form: hex(64),
    docs: 'https://open.dingtalk.com/document/robots/custom-robot-access',
    severity: 'medium',
    check: post,
  },
  {
    id: 'wecom-webhook-url',
    provider: 'WeCom',
    title: 'WeCom robot address',
    start: 'qyapi.weixin.qq.com/cgi-bin/webhook/send?key=',
    form: uuidForm,
    docs: 'https://developer.work.weixin.qq.com/document/path/91770',
    severity: 'medium',
    check: post,
  },
  {
    id: 'google-chat-webhook-url',
    provider: 'Google',
    title: 'Google Chat webhook address',
    start: 'chat.googleapis.com/v1/spaces/',
    between: ['[\\w\\-]{5,40}/messages\\?(?:key=[\\w\\-]{30,50}&)?(?:threadKey=[^&\\s"\']{0,60}&)?token=', 'AAAAbbbbccc/messages?token='],
    form: base64urlBetween(40, 60),
    docs: 'https://developers.google.com/workspace/chat/quickstart/webhooks',
    severity: 'medium',
    check: post,
  },
  {
    id: 'pagerduty-integration-url',
    provider: 'PagerDuty',
    title: 'PagerDuty integration address',
    start: 'events.pagerduty.com/integration/',
    form: hex(32),
    docs: 'https://support.pagerduty.com/main/docs/services-and-integrations',
    severity: 'medium',
    check: 'Look for incidents that are not real.',
  },
  {
    id: 'jira-automation-webhook-url',
    provider: 'Atlassian',
    title: 'Jira automation webhook address',
    start: 'automation.atlassian.com/pro/hooks/',
    form: hex(40),
    docs: 'https://support.atlassian.com/cloud-automation/docs/jira-automation-triggers/',
    severity: 'medium',
    check: 'Look in the audit log of the automation rule for runs that are not yours.',
  },
  {
    id: 'netlify-build-hook-url',
    provider: 'Netlify',
    title: 'Netlify build hook address',
    start: 'api.netlify.com/build_hooks/',
    form: hex(24),
    docs: 'https://docs.netlify.com/configure-builds/build-hooks/',
    severity: 'low',
    check: build,
  },
  {
    id: 'vercel-deploy-hook-url',
    provider: 'Vercel',
    title: 'Vercel deploy hook address',
    start: 'api.vercel.com/v1/integrations/deploy/',
    between: ['(?:prj_)?[A-Za-z0-9]{20,40}/', 'prj_aBcDeFgHiJkLmNoPqRsTuVwX/'],
    form: alnumBetween(10, 24),
    docs: 'https://vercel.com/docs/deploy-hooks',
    severity: 'low',
    check: build,
  },
  {
    id: 'render-deploy-hook-url',
    provider: 'Render',
    title: 'Render deploy hook address',
    start: 'api.render.com/deploy/srv-',
    between: ['[a-z0-9]{16,24}\\?key=', 'c0ffee0c0ffee0c0ffee?key='],
    form: base64url(11),
    docs: 'https://render.com/docs/deploy-hooks',
    severity: 'low',
    check: build,
  },
  {
    id: 'cloudflare-deploy-hook-url',
    provider: 'Cloudflare',
    title: 'Cloudflare Pages deploy hook address',
    start: 'api.cloudflare.com/client/v4/pages/webhooks/deploy_hooks/',
    form: uuidForm,
    docs: 'https://developers.cloudflare.com/pages/configuration/deploy-hooks/',
    severity: 'low',
    check: build,
  },
  {
    id: 'docker-hub-build-trigger-url',
    provider: 'Docker',
    title: 'Docker Hub build trigger address',
    start: 'hub.docker.com/api/build/v1/source/',
    between: ['[0-9a-f\\-]{36}/trigger/', '01234567-89ab-4cde-8f01-23456789abcd/trigger/'],
    form: uuidForm,
    docs: 'https://docs.docker.com/docker-hub/repos/manage/builds/',
    severity: 'low',
    check: build,
  },
  {
    id: 'healthchecks-ping-url',
    provider: 'Healthchecks.io',
    title: 'Healthchecks.io ping address',
    start: 'hc-ping.com/',
    form: uuidForm,
    docs: 'https://healthchecks.io/docs/http_api/',
    severity: 'low',
    check: 'Look whether somebody else reported success.',
  },
  {
    id: 'better-stack-heartbeat-url',
    provider: 'Better Stack',
    title: 'Better Stack heartbeat address',
    start: 'uptime.betterstack.com/api/v1/heartbeat/',
    form: alnumBetween(20, 30),
    docs: 'https://betterstack.com/docs/uptime/cron-and-heartbeat-monitor/',
    severity: 'low',
    check: 'Look whether somebody else reported success.',
  },
  {
    id: 'google-calendar-private-url',
    provider: 'Google',
    title: 'Private address of a Google calendar',
    start: 'calendar.google.com/calendar/ical/',
    between: ['[\\w.%@\\-]{4,120}/private-', 'someone%40acme.org/private-'],
    form: hex(32),
    docs: 'https://support.google.com/calendar/answer/37648',
    severity: 'medium',
    check: 'Take it that everything in the calendar is known.',
  },
  {
    id: 'blynk-device-url',
    provider: 'Blynk',
    title: 'Blynk device address',
    start: 'blynk.cloud/external/api/',
    between: ['[a-zA-Z]{2,24}(?:/[a-z]{2,12})?\\?token=', 'get?token='],
    form: base64url(32),
    docs: 'https://docs.blynk.io/en/blynk.cloud/device-https-api',
    severity: 'medium',
    check: 'Look for values that your devices did not send.',
  },
  {
    id: 'mattermost-webhook-url',
    provider: 'Mattermost',
    title: 'Mattermost webhook address',
    start: 'mattermost.',
    between: ['[\\w.\\-]{2,60}(?::[0-9]{2,5})?/hooks/', 'acme.org/hooks/'],
    form: lower(26),
    docs: 'https://developers.mattermost.com/integrate/webhooks/incoming/',
    severity: 'medium',
    check: post,
  },
];

/** Addresses that are secrets as a whole. */
export const rules: readonly Rule[] = addresses.map(buildRule);

function buildRule({ id, provider, title, start, between = ['', ''], form, docs, severity, check }: SecretAddress): Rule {
  const [source, example] = between;
  const escaped = start.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return {
    id,
    title,
    provider,
    severity,
    precision: 'exact',
    keywords: [start],
    expression: new RegExp(`${escaped}${source}(?<secret>${form.source})(?![A-Za-z0-9_-])`),
    minEntropy: form.minEntropy,
    source: docs,
    rotation: {
      url: docs,
      steps: ['Delete the address in the settings of the account and make another; the linked page tells where.', check],
    },
    examples: {
      matches: [
        (sample) => `curl -d '{"text":"hello"}' 'https://${start}${example}${form.sample(sample)}'`,
        (sample) => `WEBHOOK_URL=https://${start}${example}${form.sample(sample)}`,
      ],
      misses: [
        () => `WEBHOOK_URL=https://${start}${example}<your-token>`,
        (sample) => `https://${start}${example}${'x'.repeat(form.sample(sample).length)}`,
        (sample) => `https://example.org/${form.sample(sample)}`,
      ],
    },
  };
}
