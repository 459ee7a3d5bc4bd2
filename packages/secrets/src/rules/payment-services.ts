import { assigned, credentialsOf, token } from './forms.ts';
import type { Rule } from './rule.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Payment services with one kind of secret each. */
export const rules: readonly Rule[] = [
  {
    id: 'adyen-api-key',
    title: 'Adyen API key',
    provider: 'Adyen',
    severity: 'critical',
    precision: 'exact',
    keywords: ['AQE'],
    // Base64, base64 of 32 bytes, and printable characters of any kind.
    expression: /(?<![A-Za-z0-9+/])(?<secret>AQE[A-Za-z0-9+/]{50,180}={0,2}-[A-Za-z0-9+/]{43}=-[^\s"'`,;\\]{6,24})/,
    minEntropy: 4.3,
    source: 'https://docs.adyen.com/development-resources/api-credentials/',
    rotation: {
      url: 'https://ca-live.adyen.com/ca/ca/config/webservice.shtml',
      steps: [
        'Generate a new key for the API credential; set the old one to expire now, not in 24 hours.',
        'Check payments, refunds and payouts since the leak.',
        'Limit the credential by roles and IP ranges.',
      ],
    },
    examples: {
      matches: [
        (sample) => `ADYEN_API_KEY=AQE${sample.base64(97)}==-${sample.base64(43)}=-${sample.alnum(16)}`,
        (sample) => `X-API-Key: AQE${sample.base64(97)}==-${sample.base64(43)}=-${sample.alnum(10)}{(]<:`,
      ],
      misses: [(sample) => `ADYEN_API_KEY=AQE${sample.base64(97)}==`, () => 'ADYEN_API_KEY=AQExxxxxxxxxxxxxxxx'],
    },
  },
  {
    id: 'razorpay-key-secret',
    title: 'Razorpay key secret',
    provider: 'Razorpay',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['razorpay', 'rzp_live_', 'rzp_test_'],
    expression: assigned(
      ['razorpay[\\w.\\-]{0,16}?secret', 'razorpay[^\\r\\n]{0,64}?key_secret', 'rzp_(?:live|test)_[A-Za-z0-9]{14}'],
      '[A-Za-z0-9]{24}',
    ),
    minEntropy: 3.5,
    source: 'https://razorpay.com/docs/payments/dashboard/account-settings/api-keys/',
    rotation: {
      url: 'https://dashboard.razorpay.com/app/website-app-settings/api-keys',
      steps: [
        'Regenerate the key on the linked page and deactivate the old one at once.',
        'Check payments, refunds and payouts since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `RAZORPAY_KEY_SECRET=${sample.alnum(24)}`,
        (sample) => `curl -u rzp_live_${sample.alnum(14)}:${sample.alnum(24)} https://api.razorpay.com/v1/payments`,
        (sample) => `new Razorpay({ key_id: 'x', key_secret: '${sample.alnum(24)}' })`,
      ],
      misses: [
        (sample) => `RAZORPAY_KEY_ID=rzp_live_${sample.alnum(14)}`,
        () => 'RAZORPAY_KEY_SECRET=YOUR_KEY_SECRET',
        () => `RAZORPAY_KEY_SECRET=${'x'.repeat(24)}`,
      ],
    },
  },
  {
    id: 'mollie-api-key',
    title: 'Mollie API key',
    provider: 'Mollie',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['mollie'],
    expression: /mollie[^\r\n]{0,80}?(?<![A-Za-z0-9_])(?<secret>(?:live|access)_[A-Za-z0-9]{30,48})(?![A-Za-z0-9_])/i,
    minEntropy: 3.8,
    source: 'https://docs.mollie.com/reference/authentication',
    rotation: {
      url: 'https://my.mollie.com/dashboard/developers/api-keys',
      steps: [
        'Reset the key on the linked page; the old one can live on for 24 hours unless you end it.',
        'Check payments and refunds since the leak.',
      ],
    },
    examples: {
      matches: [(sample) => `MOLLIE_API_KEY=live_${sample.alnum(30)}`, (sample) => `$mollie->setApiKey("live_${sample.alnum(30)}");`],
      misses: [(sample) => `MOLLIE_API_KEY=live_${sample.alnum(12)}`, () => `MOLLIE_API_KEY=live_${'x'.repeat(30)}`],
    },
  },
  {
    id: 'flutterwave-secret-key',
    title: 'Flutterwave secret key',
    provider: 'Flutterwave',
    severity: 'critical',
    precision: 'exact',
    keywords: ['FLWSECK-', 'FLWSECK_TEST-'],
    expression: token('FLWSECK(?:_TEST)?-[0-9a-zA-Z]{32}-(?:[0-9a-z]{8,24}-)?X'),
    minEntropy: 3.5,
    source: 'https://developer.flutterwave.com/docs/authentication',
    rotation: {
      url: 'https://app.flutterwave.com/dashboard/settings/apis/live',
      steps: [
        'Generate new keys on the linked page.',
        'Check transfers and refunds since the leak.',
        'Turn on the list of allowed IP addresses.',
      ],
    },
    examples: {
      matches: [(sample) => `FLW_SECRET_KEY=FLWSECK-${sample.hex(32)}-X`, (sample) => `secret: "FLWSECK_TEST-${sample.hex(32)}-X"`],
      misses: [
        (sample) => `FLW_PUBLIC_KEY=FLWPUBK-${sample.hex(32)}-X`,
        () => `FLWSECK-${'x'.repeat(32)}-X`,
        (sample) => `FLWSECK-${sample.hex(12)}-X`,
      ],
    },
  },
  {
    id: 'gocardless-access-token',
    title: 'GoCardless access token',
    provider: 'GoCardless',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['gocardless', 'gc_access_token'],
    expression: /(?:gocardless|gc_access_token)[^\r\n]{0,80}?(?<![A-Za-z0-9_])(?<secret>live_[A-Za-z0-9_=-]{40})(?![A-Za-z0-9_=-])/i,
    minEntropy: 4,
    source: 'https://developer.gocardless.com/api-reference/#making-requests',
    rotation: {
      url: 'https://manage.gocardless.com/developers/access-tokens',
      steps: [
        'Delete the token on the linked page.',
        'Check payments, payouts and mandates since the leak.',
        'Create a read-only token where that is enough.',
      ],
    },
    examples: {
      matches: [(sample) => `GOCARDLESS_TOKEN=live_${sample.base64url(40)}`, (sample) => `GC_ACCESS_TOKEN: live_${sample.base64url(40)}`],
      misses: [(sample) => `GOCARDLESS_TOKEN=live_${sample.alnum(10)}`, () => `GOCARDLESS_TOKEN=live_${'x'.repeat(40)}`],
    },
  },
  {
    id: 'checkout-com-secret-key',
    title: 'Checkout.com secret key',
    provider: 'Checkout.com',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['checkout', 'cko_', 'cko-', 'sk_sbox_'],
    expression: new RegExp(
      `(?:(?:checkout|cko[_-])[^\\r\\n]{0,64}?(?<![A-Za-z0-9_])|(?=sk_sbox_))(?<secret>sk_(?:(?:sbox_)?[a-z2-7]{26}[a-z2-7*#$=]|(?:test_)?${uuid}))(?![A-Za-z0-9_])`,
      'i',
    ),
    minEntropy: 3,
    source: 'https://www.checkout.com/docs/developer-resources/api/api-authentication/api-keys',
    rotation: {
      url: 'https://dashboard.checkout.com/developers/keys',
      steps: [
        'Create a new key on the linked page, switch to it and delete the old one.',
        'Check payments, refunds and payouts since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CHECKOUT_SECRET_KEY=sk_${sample.uuid()}`,
        (sample) => `CKO_SECRET_KEY=sk_${sample.from('abcdefghijklmnopqrstuvwxyz234567', 27)}`,
        (sample) => `secretKey: "sk_sbox_${sample.from('abcdefghijklmnopqrstuvwxyz234567', 26)}*"`,
      ],
      misses: [
        (sample) => `CHECKOUT_PUBLIC_KEY=pk_${sample.uuid()}`,
        () => 'CHECKOUT_SECRET_KEY=sk_XXXXX',
        (sample) => `actions/checkout: task_${sample.hex(12)}`,
      ],
    },
  },
  {
    id: 'klarna-api-key',
    title: 'Klarna API key',
    provider: 'Klarna',
    severity: 'critical',
    precision: 'exact',
    keywords: ['klarna_live_api_', 'klarna_test_api_'],
    expression: token('klarna_(?:live|test)_api_[A-Za-z0-9_-]{60,300}={0,2}'),
    minEntropy: 4.2,
    source: 'https://docs.klarna.com/api/authentication/',
    rotation: {
      url: 'https://portal.klarna.com/settings/api-keys',
      steps: ['Disable the key on the linked page after making a new one.', 'Check orders, captures and refunds since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `KLARNA_PASSWORD=klarna_live_api_${sample.base64url(130)}x`,
        (sample) => `"password": "klarna_test_api_${sample.base64url(130)}x"`,
      ],
      misses: [() => "'klarna_live_api_username' => ''", () => 'klarna_live_api_base_url', () => `klarna_live_api_${'x'.repeat(100)}`],
    },
  },
  {
    id: 'mercado-pago-access-token',
    title: 'Mercado Pago access token',
    provider: 'Mercado Pago',
    severity: 'critical',
    precision: 'exact',
    keywords: ['APP_USR-'],
    expression: token('APP_USR-[0-9]{10,20}-[0-9]{6}-[0-9a-f]{32}-[0-9]{4,14}'),
    minEntropy: 3,
    source: 'https://www.mercadopago.com.ar/developers/en/docs/your-integrations/credentials',
    rotation: {
      url: 'https://www.mercadopago.com/developers/panel/app',
      steps: [
        'Renew the production credentials of the application on the linked page.',
        'Check payments, refunds and withdrawals since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `MP_ACCESS_TOKEN=APP_USR-${sample.digits(16)}-${sample.digits(6)}-${sample.hex(32)}-${sample.digits(9)}`,
        (sample) =>
          `mercadopago.configure({ access_token: 'APP_USR-${sample.digits(16)}-${sample.digits(6)}-${sample.hex(32)}-${sample.digits(10)}' })`,
      ],
      misses: [(sample) => `MP_PUBLIC_KEY=APP_USR-${sample.uuid()}`, () => 'MP_ACCESS_TOKEN=APP_USR-xxxxxxxx'],
    },
  },
  {
    id: 'wise-api-token',
    title: 'Wise API token',
    provider: 'Wise',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['wise_', 'wise-', 'transferwise'],
    expression: assigned(['(?<![A-Za-z])wise[_-](?:\\w{1,16}_)?(?:api[_-]?)?(?:token|key)', ...credentialsOf('transferwise')], uuid),
    minEntropy: 3,
    source: 'https://docs.wise.com/api-docs/features/authentication-access/personal-tokens',
    rotation: {
      url: 'https://wise.com/settings/api-tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Check transfers and recipients since the leak.',
        'Limit the new token by IP address and to read access where possible.',
      ],
    },
    examples: {
      matches: [(sample) => `WISE_API_TOKEN=${sample.uuid()}`, (sample) => `transferwise_api_key: "${sample.uuid()}"`],
      misses: [
        () => 'WISE_API_TOKEN=your-token',
        (sample) => `likewise_token=${sample.uuid()}`,
        (sample) => `WISE_PROFILE_ID=${sample.uuid()}`,
      ],
    },
  },
  {
    id: 'chargebee-api-key',
    title: 'Chargebee API key',
    provider: 'Chargebee',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['chargebee'],
    expression: /chargebee[^\r\n]{0,80}?(?<![A-Za-z0-9_])(?<secret>live_[A-Za-z0-9]{28,48})(?![A-Za-z0-9_])/i,
    minEntropy: 3.8,
    source: 'https://www.chargebee.com/docs/billing/2.0/site-configuration/api_keys',
    rotation: {
      url: 'https://app.chargebee.com/login',
      steps: [
        'Revoke the key under Settings > Configure Chargebee > API keys.',
        'Check subscriptions, credit notes and payment sources.',
        'Create a read-only or publishable key where that is enough.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CHARGEBEE_API_KEY=live_${sample.alnum(33)}`,
        (sample) => `chargebee.configure({ site: "acme", api_key: "live_${sample.alnum(33)}" })`,
      ],
      misses: [(sample) => `CHARGEBEE_API_KEY=live_${sample.alnum(8)}`, () => `CHARGEBEE_API_KEY=live_${'x'.repeat(33)}`],
    },
  },
  {
    id: 'recurly-api-key',
    title: 'Recurly private API key',
    provider: 'Recurly',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['recurly'],
    expression: assigned(credentialsOf('recurly'), '[0-9a-f]{32}'),
    minEntropy: 3,
    source: 'https://recurly.com/developers/guides/client-quickstart.html',
    rotation: {
      url: 'https://app.recurly.com/go/integrations/api_keys',
      steps: ['Regenerate the key on the linked page.', 'Check accounts, invoices and refunds since the leak.'],
    },
    examples: {
      matches: [(sample) => `RECURLY_API_KEY=${sample.hex(32)}`, (sample) => `Recurly.api_key = '${sample.hex(32)}'`],
      misses: [() => 'RECURLY_API_KEY=<your private key>', (sample) => `RECURLY_API_KEY=${sample.hex(16)}`],
    },
  },
  {
    id: 'xendit-secret-key',
    title: 'Xendit secret key',
    provider: 'Xendit',
    severity: 'critical',
    precision: 'exact',
    keywords: ['xnd_production_', 'xnd_development_'],
    expression: token('xnd_(?:production|development)_[A-Za-z0-9]{40,80}'),
    minEntropy: 4.2,
    source: 'https://docs.xendit.co/docs/api-keys',
    rotation: {
      url: 'https://dashboard.xendit.co/settings/developers#api-keys',
      steps: [
        'Delete the key on the linked page.',
        'Check disbursements and refunds since the leak.',
        'Create a key with write access only where it is needed.',
      ],
    },
    examples: {
      matches: [
        (sample) => `XENDIT_SECRET_KEY=xnd_production_${sample.alnum(60)}`,
        (sample) => `Xendit::setApiKey('xnd_development_${sample.alnum(58)}');`,
      ],
      misses: [() => 'XENDIT_SECRET_KEY=xnd_production_xxxxxxxx', (sample) => `xnd_public_production_${sample.alnum(60)}`],
    },
  },
  {
    id: 'midtrans-server-key',
    title: 'Midtrans server key',
    provider: 'Midtrans',
    severity: 'critical',
    precision: 'exact',
    keywords: ['Mid-server-'],
    expression: token('Mid-server-[A-Za-z0-9_-]{20,32}(?!-)'),
    minEntropy: 3.4,
    source: 'https://docs.midtrans.com/docs/midtrans-account#access-keys',
    rotation: {
      url: 'https://dashboard.midtrans.com/settings/access-keys',
      steps: [
        'Ask support for new access keys (the linked page shows them); the old ones stop.',
        'Check transactions and refunds since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `MIDTRANS_SERVER_KEY=Mid-server-${sample.alnum(24)}`,
        (sample) => `serverKey: 'Mid-server-${sample.alnum(24)}'`,
      ],
      misses: [(sample) => `MIDTRANS_CLIENT_KEY=Mid-client-${sample.alnum(24)}`, () => `Mid-server-${'x'.repeat(24)}`],
    },
  },
  {
    id: 'omise-secret-key',
    title: 'Omise secret key',
    provider: 'Omise',
    severity: 'critical',
    precision: 'exact',
    keywords: ['skey_'],
    expression: token('skey_(?:test_)?[0-9a-z]{19}'),
    minEntropy: 3.2,
    source: 'https://docs.omise.co/api-authentication',
    rotation: {
      url: 'https://dashboard.omise.co/v2/settings/keys',
      steps: ['Roll the keys on the linked page.', 'Check charges, transfers and refunds since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `OMISE_SECRET_KEY=skey_${sample.lower(19)}`,
        (sample) => `curl https://api.omise.co/charges -u skey_test_${sample.lower(19)}:`,
      ],
      misses: [(sample) => `OMISE_PUBLIC_KEY=pkey_${sample.lower(19)}`, () => `skey_test_${'x'.repeat(19)}`],
    },
  },
  {
    id: 'cashfree-secret-key',
    title: 'Cashfree secret key',
    provider: 'Cashfree',
    severity: 'critical',
    precision: 'exact',
    keywords: ['cfsk_ma_'],
    expression: token('cfsk_ma_(?:prod|test)_[0-9a-f]{32}_[0-9a-f]{8}'),
    minEntropy: 3.2,
    source: 'https://www.cashfree.com/docs/api-reference/authentication',
    rotation: {
      url: 'https://merchant.cashfree.com/merchants/pg/developers/api-keys',
      steps: ['Delete the key on the linked page and generate a new one.', 'Check orders, refunds and payouts since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `CASHFREE_SECRET_KEY=cfsk_ma_prod_${sample.hex(32)}_${sample.hex(8)}`,
        (sample) => `'x-client-secret': 'cfsk_ma_test_${sample.hex(32)}_${sample.hex(8)}',`,
      ],
      misses: [(sample) => `cfsk_ma_prod_${sample.hex(16)}`, () => 'cfsk_ma_prod_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxx'],
    },
  },
  {
    id: 'asaas-api-key',
    title: 'Asaas API key',
    provider: 'Asaas',
    severity: 'critical',
    precision: 'exact',
    keywords: ['$aact_'],
    expression: token('\\$aact_[A-Za-z0-9_]{30,200}={0,2}'),
    minEntropy: 3.8,
    source: 'https://docs.asaas.com/docs/autenticacao-1',
    rotation: {
      url: 'https://www.asaas.com/config/index?tab=apiIntegration',
      steps: ['Disable or delete the key on the linked page.', 'Check charges and transfers since the leak.', 'Turn on the IP allow-list.'],
    },
    examples: {
      matches: [(sample) => `ASAAS_API_KEY='$aact_prod_${sample.alnum(90)}'`, (sample) => `access_token: $aact_${sample.alnum(80)}==`],
      misses: [(sample) => `ASAAS_API_KEY=$aact_${sample.alnum(8)}`, () => `$aact_${'x'.repeat(80)}`],
    },
  },
  {
    id: 'pagarme-api-key',
    title: 'Pagar.me API key',
    provider: 'Pagar.me',
    severity: 'critical',
    precision: 'exact',
    keywords: ['ak_live_'],
    expression: token('ak_live_[A-Za-z0-9]{30}'),
    minEntropy: 3.8,
    source: 'https://docs.pagar.me/docs/chaves-de-acesso',
    rotation: {
      url: 'https://dash.pagar.me/',
      steps: ['Ask for new keys in the settings of the account.', 'Check transactions, refunds and transfers since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `PAGARME_API_KEY=ak_live_${sample.alnum(30)}`,
        (sample) => `pagarme.client.connect({ api_key: 'ak_live_${sample.alnum(30)}' })`,
      ],
      misses: [(sample) => `ak_live_${sample.alnum(10)}`, () => `ak_live_${'x'.repeat(30)}`],
    },
  },
  {
    id: 'polar-access-token',
    title: 'Polar access token',
    provider: 'Polar',
    severity: 'high',
    precision: 'exact',
    keywords: ['polar_oat_', 'polar_pat_', 'polar_at_'],
    expression: token('polar_(?:oat|pat|at_[ou])_[A-Za-z0-9_-]{30,80}(?!-)'),
    minEntropy: 3.8,
    source: 'https://polar.sh/docs/integrate/oat',
    rotation: {
      url: 'https://polar.sh/dashboard',
      steps: [
        'Delete the token in the settings of the organization.',
        'Check orders, refunds and customers since the leak.',
        'Create a token with the least scopes and an expiry date.',
      ],
    },
    examples: {
      matches: [(sample) => `POLAR_ACCESS_TOKEN=polar_oat_${sample.alnum(43)}`, (sample) => `accessToken: "polar_pat_${sample.alnum(43)}"`],
      misses: [(sample) => `POLAR_ACCESS_TOKEN=polar_oat_${sample.alnum(8)}`, () => `polar_oat_${'x'.repeat(43)}`],
    },
  },
  {
    id: 'mercury-api-token',
    title: 'Mercury API token',
    provider: 'Mercury',
    severity: 'critical',
    precision: 'exact',
    keywords: ['mercury_production_'],
    expression: token('mercury_production_[a-z]{2,8}_[A-Za-z0-9]{40,50}_yrucrem'),
    minEntropy: 4,
    source: 'https://docs.mercury.com/docs/api-token-security-policies',
    rotation: {
      url: 'https://app.mercury.com/settings/tokens',
      steps: [
        'Revoke the token on the linked page.',
        'Check transfers and recipients since the leak.',
        'Create a read-only token, or one bound to IP addresses.',
      ],
    },
    examples: {
      matches: [
        (sample) => `MERCURY_TOKEN=secret-token:mercury_production_rma_${sample.alnum(44)}_yrucrem`,
        (sample) => `token: "mercury_production_wma_${sample.alnum(43)}_yrucrem"`,
      ],
      misses: [(sample) => `mercury_production_rma_${sample.alnum(12)}_yrucrem`, () => `mercury_production_rma_${'x'.repeat(44)}_yrucrem`],
    },
  },
  {
    id: 'dwolla-client-secret',
    title: 'Dwolla application secret',
    provider: 'Dwolla',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['dwolla'],
    expression: assigned(['dwolla[\\w.\\-]{0,16}?secret', 'dwolla[^\\r\\n]{0,48}?secret'], '[A-Za-z0-9]{50}'),
    minEntropy: 4.2,
    source: 'https://developers.dwolla.com/docs/auth',
    rotation: {
      url: 'https://dashboard.dwolla.com/applications-legacy',
      steps: ['Rotate the secret of the application on the linked page.', 'Check transfers and funding sources since the leak.'],
    },
    examples: {
      matches: [(sample) => `DWOLLA_APP_SECRET=${sample.alnum(50)}`, (sample) => `"dwolla": {"clientSecret": "${sample.alnum(50)}"}`],
      misses: [(sample) => `DWOLLA_APP_KEY=${sample.alnum(50)}`, () => `DWOLLA_APP_SECRET=${'x'.repeat(50)}`],
    },
  },
  {
    id: 'authorize-net-transaction-key',
    title: 'Authorize.Net transaction key',
    provider: 'Authorize.Net',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['authorizenet', 'authorize_net', 'authorize.net', 'authnet', 'anet_'],
    expression: assigned(['(?:authorize[_.]?net|authnet|anet_)[\\w.\\-]{0,16}?(?:transaction_?|trans_?)key'], '[A-Za-z0-9]{16}'),
    minEntropy: 3,
    chosen: 'random',
    source: 'https://support.authorize.net/knowledgebase/Knowledgearticle/?code=000001271',
    rotation: {
      url: 'https://account.authorize.net/',
      steps: [
        'Create a new transaction key under Account > Settings > API Credentials & Keys and tick "Disable Old Transaction Key Immediately".',
        'Check settled transactions and refunds since the leak.',
      ],
    },
    examples: {
      matches: [
        (sample) => `AUTHORIZENET_TRANSACTION_KEY=${sample.alnum(16)}`,
        (sample) => `authorize_net_transaction_key: "${sample.alnum(16)}"`,
      ],
      misses: [(sample) => `AUTHORIZENET_API_LOGIN_ID=${sample.alnum(10)}`, () => 'AUTHORIZENET_TRANSACTION_KEY=xxxxxxxxxxxxxxxx'],
    },
  },
  {
    id: 'lemon-squeezy-api-key',
    title: 'Lemon Squeezy API key',
    provider: 'Lemon Squeezy',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['lemonsqueezy', 'lemon_squeezy', 'lemon-squeezy'],
    expression:
      /lemon[_-]?squeezy[^\r\n]{0,48}?(?<![A-Za-z0-9_])(?<secret>eyJ[A-Za-z0-9_-]{20,80}\.eyJ[A-Za-z0-9_-]{200,500}\.[A-Za-z0-9_-]{342,700})(?![A-Za-z0-9_-])/i,
    reach: 1500,
    minEntropy: 4.3,
    source: 'https://docs.lemonsqueezy.com/api/getting-started/requests',
    rotation: {
      url: 'https://app.lemonsqueezy.com/settings/api',
      steps: ['Delete the key on the linked page.', 'Check orders, refunds, discounts and webhooks since the leak.'],
    },
    examples: {
      matches: [
        (sample) => `LEMONSQUEEZY_API_KEY=eyJ${sample.base64url(50)}.eyJ${sample.base64url(310)}.${sample.base64url(683)}`,
        (sample) => `lemonSqueezySetup({ apiKey: "eyJ${sample.base64url(50)}.eyJ${sample.base64url(310)}.${sample.base64url(682)}" })`,
      ],
      misses: [() => 'LEMONSQUEEZY_API_KEY=your-api-key', (sample) => `LEMONSQUEEZY_STORE_ID=${sample.digits(6)}`],
    },
  },
  {
    id: 'ramp-client-secret',
    title: 'Ramp client secret',
    provider: 'Ramp',
    severity: 'critical',
    precision: 'exact',
    keywords: ['ramp_sec_'],
    expression: token('ramp_sec_[A-Za-z0-9]{48}'),
    minEntropy: 4,
    source: 'https://docs.ramp.com/developer-api/v1/authorization',
    rotation: {
      url: 'https://app.ramp.com/settings/ramp-developer',
      steps: ['Rotate the client secret of the app on the linked page.', 'Check cards, limits and transactions since the leak.'],
    },
    examples: {
      matches: [(sample) => `RAMP_CLIENT_SECRET=ramp_sec_${sample.alnum(48)}`, (sample) => `client_secret: "ramp_sec_${sample.alnum(48)}"`],
      misses: [(sample) => `RAMP_CLIENT_ID=ramp_id_${sample.alnum(40)}`, () => `ramp_sec_${'x'.repeat(48)}`],
    },
  },
];
