import type { Rule } from './rule.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

export const rules: readonly Rule[] = [
  {
    id: 'microsoft-teams-webhook',
    title: 'Microsoft Teams incoming webhook',
    provider: 'Microsoft',
    severity: 'high',
    precision: 'exact',
    keywords: ['/IncomingWebhook/'],
    expression: new RegExp(`/IncomingWebhook/(?<secret>[0-9a-f]{32}/${uuid}(?:/V2[A-Za-z0-9_-]{20,60})?)(?![A-Za-z0-9_-])`),
    minEntropy: 3,
    source: 'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
    rotation: {
      url: 'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook#remove-an-incoming-webhook',
      steps: [
        'Remove the webhook from the connectors of the channel.',
        'Warn the channel of forged messages.',
        'Use a workflow in its place: connectors are being retired.',
      ],
    },
    examples: {
      matches: [
        (sample) =>
          `https://acme.webhook.office.com/webhookb2/${sample.uuid()}@${sample.uuid()}/IncomingWebhook/${sample.hex(32)}/${sample.uuid()}`,
        (sample) =>
          `TEAMS_URL="https://outlook.office.com/webhook/${sample.uuid()}@${sample.uuid()}/IncomingWebhook/${sample.hex(32)}/${sample.uuid()}"`,
      ],
      misses: [
        (sample) => `https://acme.webhook.office.com/webhookb2/${sample.uuid()}/IncomingWebhook/xxxx`,
        () => 'https://outlook.office.com/webhook/<guid>@<guid>/IncomingWebhook/<id>/<guid>',
      ],
    },
  },
  {
    id: 'microsoft-workflow-trigger-url',
    title: 'Power Automate or Logic Apps trigger URL',
    provider: 'Microsoft',
    severity: 'high',
    precision: 'exact',
    keywords: ['/triggers/'],
    expression: /\/triggers\/[\w%.-]{1,80}\/(?:paths\/invoke|run)[^\s"'<>]{0,200}?[?&;]sig=(?<secret>[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/,
    minEntropy: 4,
    source: 'https://learn.microsoft.com/en-us/azure/logic-apps/logic-apps-securing-a-logic-app#access-to-request-triggers',
    rotation: {
      url: 'https://learn.microsoft.com/en-us/azure/logic-apps/logic-apps-securing-a-logic-app#regenerate-access-keys',
      steps: [
        'Regenerate the access key of the workflow; its callback URLs change.',
        'Check the run history for runs that are not yours.',
        'Require OAuth or restrict the trigger to known IP addresses.',
      ],
    },
    examples: {
      matches: [
        (sample) =>
          `https://prod-12.westeurope.logic.azure.com:443/workflows/${sample.hex(32)}/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${sample.base64url(43)}`,
        (sample) =>
          `FLOW_URL=https://x.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/${sample.hex(32)}/triggers/manual/paths/invoke?api-version=1&sig=${sample.base64url(43)}`,
      ],
      misses: [() => '/triggers/manual/paths/invoke?api-version=2016-06-01&sig=<signature>', () => 'POST /triggers/manual/run?sig=abc'],
    },
  },
];
