import type { Rule } from './rule.ts';

/** Workflow automation with one kind of secret each; most are addresses that start a workflow for whoever knows them. */
export const rules: readonly Rule[] = [
  {
    id: 'zapier-webhook-url',
    title: 'Zapier catch hook',
    provider: 'Zapier',
    severity: 'medium',
    precision: 'exact',
    keywords: ['hooks.zapier.com/hooks/'],
    expression: /hooks\.zapier\.com\/hooks\/(?<secret>(?:catch|standard)\/[0-9]{4,12}\/[A-Za-z0-9]{6,12})(?![A-Za-z0-9_])/,
    minEntropy: 3,
    source: 'https://help.zapier.com/hc/en-us/articles/8496288690317-Trigger-Zap-workflows-from-webhooks',
    rotation: {
      url: 'https://zapier.com/app/zaps',
      steps: [
        'Remove the trigger of the Zap and add it again: that gives a new address.',
        'Check the history of the Zap for runs that are not yours.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ZAPIER_HOOK=https://hooks.zapier.com/hooks/catch/${sample.digits(7)}/${sample.lower(7)}/`,
        (sample) => `fetch("https://hooks.zapier.com/hooks/catch/${sample.digits(6)}/${sample.lower(6)}")`,
      ],
      misses: [() => 'https://hooks.zapier.com/hooks/catch/xxxxx/yyyyy', () => 'https://hooks.zapier.com/hooks/catch/000000/000000'],
    },
  },
  {
    id: 'make-webhook-url',
    title: 'Make (Integromat) webhook',
    provider: 'Make',
    severity: 'medium',
    precision: 'exact',
    keywords: ['.make.com/', 'hook.integromat.com/'],
    lookBehind: 9,
    expression: /hook\.(?:[a-z]{2}[0-9](?:\.make\.com)|integromat\.com)\/(?<secret>[a-z0-9]{32})(?![A-Za-z0-9_])/,
    minEntropy: 3.4,
    source: 'https://help.make.com/webhooks',
    rotation: {
      url: 'https://www.make.com/en/login',
      steps: [
        'Delete the webhook and create a new one for the scenario.',
        'Check the history of the scenario for runs that are not yours.',
      ],
    },
    examples: {
      matches: [
        (sample) => `HOOK=https://hook.eu1.make.com/${sample.lower(32)}`,
        (sample) => `url: "https://hook.integromat.com/${sample.lower(32)}"`,
      ],
      misses: [() => 'https://hook.eu1.make.com/your-webhook-id', () => `https://hook.eu1.make.com/${'x'.repeat(32)}`],
    },
  },
  {
    id: 'ifttt-webhook-key',
    title: 'IFTTT webhooks key',
    provider: 'IFTTT',
    severity: 'medium',
    precision: 'exact',
    keywords: ['maker.ifttt.com/'],
    expression:
      /maker\.ifttt\.com\/(?:trigger\/[\w.{}%-]{1,64}\/(?:json\/)?with\/key|use)\/(?<secret>[A-Za-z0-9_-]{20,64})(?![A-Za-z0-9_-])/,
    minEntropy: 3.4,
    source: 'https://help.ifttt.com/hc/en-us/articles/115010230347-Webhooks-service-FAQ',
    rotation: {
      url: 'https://ifttt.com/maker_webhooks/settings',
      steps: ['Choose "Edit connection" on the linked page: that generates a new key.', 'Check the activity of your applets.'],
    },
    examples: {
      matches: [
        (sample) => `https://maker.ifttt.com/trigger/door/with/key/${sample.base64url(21)}x`,
        (sample) => `curl -X POST https://maker.ifttt.com/trigger/alarm_on/json/with/key/${sample.alnum(43)}`,
      ],
      misses: [
        () => 'https://maker.ifttt.com/trigger/{event}/with/key/{your_key_goes_here}',
        () => `https://maker.ifttt.com/use/${'x'.repeat(22)}`,
      ],
    },
  },
  {
    id: 'tines-webhook-url',
    title: 'Tines webhook',
    provider: 'Tines',
    severity: 'medium',
    precision: 'exact',
    keywords: ['.tines.com/webhook/', '.tines.io/webhook/'],
    expression: /\.tines\.(?:com|io)\/webhook\/(?<secret>[\w-]{8,64}\/[0-9a-f]{32})(?![A-Za-z0-9_])/,
    minEntropy: 3,
    source: 'https://www.tines.com/docs/actions/types/webhook',
    rotation: {
      url: 'https://www.tines.com/docs/actions/types/webhook',
      steps: ['Change the secret of the webhook action and its senders.', 'Check the events of the story for runs that are not yours.'],
    },
    examples: {
      matches: [
        (sample) => `https://quiet-lake-1234.tines.com/webhook/${sample.hex(32)}/${sample.hex(32)}`,
        (sample) => `TINES="https://acme.tines.io/webhook/${sample.hex(32)}/${sample.hex(32)}"`,
      ],
      misses: [() => 'https://<tenant>.tines.com/webhook/<path>/<secret>', (sample) => `https://x.tines.com/webhook/${sample.hex(32)}`],
    },
  },
  {
    id: 'pipedream-webhook-url',
    title: 'Pipedream workflow address',
    provider: 'Pipedream',
    severity: 'low',
    precision: 'exact',
    keywords: ['.m.pipedream.net'],
    lookBehind: 32,
    expression: /(?<![A-Za-z0-9_-])(?<secret>eo[a-z0-9]{12,20})\.m\.pipedream\.net/,
    minEntropy: 2.8,
    source: 'https://pipedream.com/docs/workflows/building-workflows/triggers',
    rotation: {
      url: 'https://pipedream.com/workflows',
      steps: ['Replace the HTTP trigger of the workflow, or require authorization on it.', 'Check its events for runs that are not yours.'],
    },
    examples: {
      matches: [
        (sample) => `https://eo${sample.lower(13)}.m.pipedream.net`,
        (sample) => `WEBHOOK="https://eo${sample.lower(14)}.m.pipedream.net/path"`,
      ],
      misses: [() => 'https://eoxxxxxxxxxxx.m.pipedream.net', () => 'https://docs.m.pipedream.net'],
    },
  },
];
