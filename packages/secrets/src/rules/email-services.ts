import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Services that send mail, with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'sendgrid-api-key',
    title: 'SendGrid API key',
    provider: 'SendGrid',
    severity: 'critical',
    precision: 'exact',
    keywords: ['SG.'],
    expression: token('SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}(?!-)'),
    minEntropy: 4,
    source: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
    rotation: {
      url: 'https://app.sendgrid.com/settings/api_keys',
      steps: [
        'Delete the key on the linked page.',
        'Check the activity feed for mail that is not yours, and senders, subusers and keys for additions.',
        'Create a key with restricted access (mail send only).',
      ],
    },
    examples: {
      matches: [
        (sample) => `SENDGRID_API_KEY=SG.${sample.base64url(22)}.${sample.base64url(43)}`,
        (sample) => `sgMail.setApiKey('SG.${sample.base64url(22)}.${sample.base64url(43)}');`,
      ],
      misses: [
        (sample) => `SENDGRID_API_KEY=SG.${sample.alnum(22)}`,
        () => `SG.${'x'.repeat(22)}.${'x'.repeat(43)}`,
        () => 'SENDGRID_API_KEY=SG.your-key',
      ],
    },
  },
  {
    id: 'mailchimp-api-key',
    title: 'Mailchimp API key',
    provider: 'Mailchimp',
    severity: 'high',
    precision: 'exact',
    // The number of the data centre stands at the end; the key before it has no mark of its own.
    keywords: ['-us1', '-us2', '-us3', '-us4', '-us5', '-us6', '-us7', '-us8', '-us9'],
    lookBehind: 32,
    expression: token('[0-9a-f]{32}-us[1-9][0-9]?'),
    minEntropy: 3,
    source: 'https://mailchimp.com/help/about-api-keys/',
    rotation: {
      url: 'https://us1.admin.mailchimp.com/account/api/',
      steps: ['Revoke the key on the linked page.', 'Check campaigns sent and audiences exported since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `MAILCHIMP_API_KEY=${sample.hex(32)}-us14`,
        (sample) => `mailchimp.setConfig({ apiKey: "${sample.hex(32)}-us6", server: "us6" });`,
      ],
      misses: [
        (sample) => `${sample.hex(40)}-us14`,
        () => 'MAILCHIMP_API_KEY=your-api-key-us1',
        () => `MAILCHIMP_API_KEY=${'0'.repeat(32)}-us1`,
      ],
    },
  },
  {
    id: 'mandrill-api-key',
    title: 'Mandrill (Mailchimp Transactional) API key',
    provider: 'Mailchimp',
    severity: 'high',
    precision: 'contextual',
    keywords: ['mandrill'],
    expression: assigned([...credentialsOf('mandrill'), 'Mandrill'], '(?:md-)?[A-Za-z0-9_-]{22}'),
    minEntropy: 3.5,
    chosen: 'random',
    source: 'https://mailchimp.com/developer/transactional/guides/quick-start/',
    rotation: {
      url: 'https://mandrillapp.com/settings',
      steps: [
        'Delete the key on the linked page.',
        'Check outbound activity since the leak.',
        'Limit the new key to the API calls and IP addresses that are needed.',
      ],
    },
    examples: {
      matches: [(sample) => `MANDRILL_API_KEY=${sample.alnum(22)}`, (sample) => `new mandrill.Mandrill('md-${sample.alnum(22)}')`],
      misses: [
        () => 'MANDRILL_API_KEY=your-mandrill-api-key',
        () => `MANDRILL_API_KEY=${'x'.repeat(22)}`,
        (sample) => `MANDRILL_API_KEY=${sample.alnum(12)}`,
      ],
    },
  },
  {
    id: 'postmark-server-token',
    title: 'Postmark API token',
    provider: 'Postmark',
    severity: 'high',
    precision: 'contextual',
    keywords: ['postmark'],
    expression: assigned(
      [...credentialsOf('postmark'), 'postmark(?=["\']?:)', 'postmark\\.(?:Server|Account)Client', 'PostmarkClient'],
      uuid,
    ),
    minEntropy: 3,
    source: 'https://postmarkapp.com/developer/api/overview#authentication',
    rotation: {
      url: 'https://account.postmarkapp.com/servers',
      steps: [
        'Generate another token on the page "API Tokens" of the server, switch to it, delete the leaked one.',
        'Check the activity for mail that is not yours.',
      ],
    },
    examples: {
      matches: [
        (sample) => `POSTMARK_API_TOKEN=${sample.uuid()}`,
        (sample) => `curl -H "X-Postmark-Server-Token: ${sample.uuid()}"`,
        (sample) => `new postmark.ServerClient("${sample.uuid()}")`,
        (sample) => `postmark: "${sample.uuid()}",`,
      ],
      misses: [
        (sample) => `POSTMARK_MESSAGE_ID=${sample.uuid()}`,
        () => 'POSTMARK_API_TOKEN=00000000-0000-0000-0000-000000000000',
        () => 'POSTMARK_API_TOKEN=POSTMARK_API_TEST',
      ],
    },
  },
  {
    id: 'sparkpost-api-key',
    title: 'SparkPost API key',
    provider: 'SparkPost',
    severity: 'high',
    precision: 'contextual',
    keywords: ['sparkpost'],
    expression: assigned([...credentialsOf('sparkpost'), 'SparkPost'], '[0-9a-f]{40}'),
    minEntropy: 3,
    source: 'https://developers.sparkpost.com/api/#header-authentication',
    rotation: {
      url: 'https://app.sparkpost.com/account/api-keys',
      steps: [
        'Delete the key on the linked page.',
        'Check events for mail that is not yours.',
        'Create a key with the least grants and an IP allow-list.',
      ],
    },
    examples: {
      matches: [(sample) => `SPARKPOST_API_KEY=${sample.hex(40)}`, (sample) => `const client = new SparkPost('${sample.hex(40)}');`],
      misses: [() => 'SPARKPOST_API_KEY=<YOUR API KEY>', (sample) => `SPARKPOST_API_KEY=${sample.hex(20)}`],
    },
  },
  {
    id: 'resend-api-key',
    title: 'Resend API key',
    provider: 'Resend',
    severity: 'high',
    precision: 'contextual',
    keywords: ['resend'],
    expression: /resend[^\r\n]{0,80}?(?<![A-Za-z0-9_])(?<secret>re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,28})(?![A-Za-z0-9_])/i,
    minEntropy: 3.7,
    source: 'https://resend.com/docs/dashboard/api-keys/introduction',
    rotation: {
      url: 'https://resend.com/api-keys',
      steps: [
        'Delete the key on the linked page.',
        'Check the mail it sent in its logs.',
        'Create a key with sending access for one domain.',
      ],
    },
    examples: {
      matches: [
        (sample) => `RESEND_API_KEY=re_${sample.alnum(8)}_${sample.alnum(24)}`,
        (sample) => `const resend = new Resend('re_${sample.alnum(8)}_${sample.alnum(24)}');`,
      ],
      misses: [
        () => 'RESEND_API_KEY=re_xxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxx',
        (sample) => `RESEND_API_KEY=re_${sample.alnum(8)}`,
        () => 'resend_re_connect_handler_registration()',
      ],
    },
  },
  {
    id: 'mailjet-secret-key',
    title: 'Mailjet secret key',
    provider: 'Mailjet',
    severity: 'high',
    precision: 'contextual',
    keywords: ['mailjet', 'mj_apikey_private', 'mj_api_secret'],
    expression: assigned(['mailjet[\\w.\\-({,:"\' ]{0,24}?(?:secret|private)', 'mj_apikey_private', 'mj_api_secret'], '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://dev.mailjet.com/email/guides/getting-started/',
    rotation: {
      url: 'https://app.mailjet.com/account/apikeys',
      steps: ['Generate a new secret for the key on the linked page.', 'Check the statistics for mail that is not yours.'],
    },
    examples: {
      matches: [(sample) => `MAILJET_API_SECRET=${sample.hex(32)}`, (sample) => `export MJ_APIKEY_PRIVATE='${sample.hex(32)}'`],
      misses: [(sample) => `MJ_APIKEY_PUBLIC=${sample.hex(32)}`, () => 'MAILJET_API_SECRET=your_secret'],
    },
  },
  {
    id: 'mailersend-api-token',
    title: 'MailerSend API token',
    provider: 'MailerSend',
    severity: 'high',
    precision: 'exact',
    keywords: ['mlsn.'],
    expression: token('mlsn\\.[A-Za-z0-9]{60,80}'),
    minEntropy: 3.2,
    source: 'https://developers.mailersend.com/general.html#authentication',
    rotation: {
      url: 'https://app.mailersend.com/api-tokens',
      steps: [
        'Delete the token on the linked page.',
        'Check the activity for mail that is not yours.',
        'Create a token with sending access to one domain.',
      ],
    },
    examples: {
      matches: [(sample) => `MAILERSEND_API_KEY=mlsn.${sample.hex(64)}`, (sample) => `apiKey: "mlsn.${sample.hex(64)}"`],
      misses: [(sample) => `mlsn.${sample.hex(10)}`, () => `mlsn.${'x'.repeat(64)}`],
    },
  },
  {
    id: 'klaviyo-private-key',
    title: 'Klaviyo private API key',
    provider: 'Klaviyo',
    severity: 'high',
    precision: 'contextual',
    keywords: ['klaviyo'],
    expression: /klaviyo[^\r\n]{0,64}?(?<![A-Za-z0-9_])(?<secret>pk_(?:[A-Za-z0-9]{6}_)?[0-9a-z]{34})(?![A-Za-z0-9_])/i,
    minEntropy: 3,
    source: 'https://developers.klaviyo.com/en/docs/authenticate_',
    rotation: {
      url: 'https://www.klaviyo.com/settings/account/api-keys',
      steps: [
        'Delete the private key on the linked page.',
        'Check profiles exported and campaigns since the leak.',
        'Create a key with the least scopes.',
      ],
    },
    examples: {
      matches: [(sample) => `KLAVIYO_PRIVATE_KEY=pk_${sample.hex(34)}`, (sample) => `Authorization: Klaviyo-API-Key pk_${sample.hex(34)}`],
      misses: [(sample) => `KLAVIYO_PRIVATE_KEY=pk_${sample.hex(8)}`, () => `KLAVIYO_PRIVATE_KEY=pk_${'x'.repeat(34)}`],
    },
  },
  {
    id: 'customer-io-api-key',
    title: 'Customer.io API key',
    provider: 'Customer.io',
    severity: 'high',
    precision: 'contextual',
    keywords: ['customerio', 'customer_io', 'customer-io', 'cio_api', 'cio_app', 'cio_track'],
    expression: assigned(credentialsOf('customer[_-]?io', 'cio_(?:app|api|track)'), '(?:[0-9a-f]{32}|[0-9a-f]{20})'),
    minEntropy: 2.5,
    source: 'https://docs.customer.io/accounts-and-workspaces/managing-credentials/',
    rotation: {
      url: 'https://fly.customer.io/settings/api_credentials',
      steps: ['Delete the key on the linked page.', 'Check people exported and broadcasts since the leak.'],
    },
    examples: {
      matches: [(sample) => `CUSTOMERIO_API_KEY=${sample.hex(20)}`, (sample) => `CUSTOMER_IO_APP_KEY: "${sample.hex(32)}"`],
      misses: [(sample) => `CUSTOMERIO_SITE_ID=${sample.hex(20)}`, () => 'CUSTOMERIO_API_KEY=your-api-key'],
    },
  },
];
