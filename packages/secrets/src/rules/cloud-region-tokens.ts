import { alnum, alnumBetween, base64, base64url, base64urlBetween, hex, joined, uuidForm } from './key-forms.ts';
import { buildPrefixedTokenRules } from './prefixed-tokens.ts';

/** Tokens of clouds and of what stands beside the large ones, that their beginnings tell. */
export const rules = buildPrefixedTokenRules(
  { severity: 'high', check: 'Look in the audit log for calls, machines and users that are not yours since the leak.' },
  [
    {
      provider: 'Google Cloud Storage',
      kind: 'HMAC access id (service account)',
      prefix: 'GOOG1E',
      form: { ...alnum(55), source: '[A-Z0-9]{55}', sample: (sample) => sample.upper(55) },
      docs: 'https://cloud.google.com/storage/docs/authentication/hmackeys',
      severity: 'medium',
    },
    {
      provider: 'Login with Amazon',
      kind: 'client secret',
      prefix: 'amzn1.oa2-cs.v1.',
      form: hex(64),
      docs: 'https://developer.amazon.com/docs/login-with-amazon/security-profile.html',
    },
    {
      provider: 'Amazon Selling Partner',
      kind: 'refresh token',
      prefix: 'Atzr|',
      form: base64urlBetween(200, 900),
      docs: 'https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api',
    },
    {
      provider: 'Amazon Selling Partner',
      kind: 'access token',
      prefix: 'Atza|',
      form: base64urlBetween(200, 900),
      docs: 'https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api',
      severity: 'medium',
    },
    {
      provider: 'Alibaba Cloud',
      kind: 'STS access key id',
      prefix: 'STS.',
      form: alnumBetween(20, 40),
      docs: 'https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole',
      severity: 'medium',
    },
    {
      provider: 'Baidu Cloud',
      kind: 'API key',
      prefix: 'bce-v3/ALTAK-',
      form: joined(alnum(21), '/', hex(40)),
      docs: 'https://cloud.baidu.com/doc/qianfan-api/s/ym9chdsy5',
    },
    {
      provider: 'Volcengine',
      kind: 'access key id',
      prefix: 'AKLT',
      form: alnumBetween(40, 60),
      docs: 'https://www.volcengine.com/docs/6291/65568',
      severity: 'medium',
    },
    {
      provider: 'JD Cloud',
      kind: 'access key id',
      prefix: 'JDC_',
      form: { ...alnum(28), source: '[A-Z0-9]{28}', sample: (sample) => sample.upper(28) },
      docs: 'https://docs.jdcloud.com/en/account-management/accesskey-management',
      severity: 'medium',
    },
    {
      provider: 'Naver Cloud',
      kind: 'access or secret key',
      prefix: 'ncp_iam_',
      form: joined('BP', { ...alnum(2), source: '(?:AM|KM|AS|KS)[A-Z]{2}', sample: () => 'KMKR' }, alnumBetween(16, 40)),
      docs: 'https://guide.ncloud-docs.com/docs/en/iam-accesskey',
    },
    {
      provider: 'DigitalOcean',
      kind: 'system token',
      prefix: 'dos_v1_',
      form: hex(64),
      docs: 'https://docs.digitalocean.com/reference/api/create-personal-access-token/',
    },
    {
      provider: 'Cloudflare',
      kind: 'Turnstile secret key',
      prefix: '0x4AAAAAA',
      form: base64url(26),
      docs: 'https://developers.cloudflare.com/turnstile/get-started/server-side-validation/',
    },
    {
      provider: 'Yandex Dictionary',
      prefix: 'dict.1.1.',
      form: yandexService(),
      docs: 'https://yandex.com/dev/dictionary/keys/get/',
      severity: 'medium',
    },
    {
      provider: 'Yandex Translate',
      prefix: 'trnsl.1.1.',
      form: yandexService(),
      docs: 'https://yandex.cloud/en/docs/translate/concepts/auth',
      severity: 'medium',
    },
    {
      provider: 'Yandex Predictor',
      prefix: 'pdct.1.1.',
      form: yandexService(),
      docs: 'https://yandex.com/dev/predictor/keys/get/',
      severity: 'medium',
    },
    {
      provider: 'Yandex SmartCaptcha',
      kind: 'server key',
      prefix: 'ysc2_',
      form: joined(alnum(40), hex(8)),
      docs: 'https://yandex.cloud/en/docs/smartcaptcha/concepts/keys',
      severity: 'medium',
    },
    {
      provider: 'Yandex Cloud',
      kind: 'IAM cookie',
      prefix: 'c1.9eu',
      form: joined(base64urlBetween(20, 300), '.', base64url(86)),
      docs: 'https://yandex.cloud/en/docs/iam/concepts/authorization/cookie',
    },
    {
      provider: 'Salesforce',
      kind: 'refresh token',
      prefix: '5Aep861',
      form: { ...base64(80), source: '[A-Za-z0-9._]{60,120}', sample: (sample) => sample.alnum(80) },
      docs: 'https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_refresh_token_flow.htm',
    },
    {
      provider: 'Workato',
      kind: 'API client token',
      prefix: 'wrkaus-',
      form: joined('eyJ', base64urlBetween(12, 200), '.', base64urlBetween(16, 900), '.', base64urlBetween(60, 700)),
      docs: 'https://docs.workato.com/workato-api.html#authentication',
    },
    {
      provider: 'Workato',
      kind: 'API client token (EU)',
      prefix: 'wrkaeu-',
      form: joined('eyJ', base64urlBetween(12, 200), '.', base64urlBetween(16, 900), '.', base64urlBetween(60, 700)),
      docs: 'https://docs.workato.com/workato-api.html#authentication',
    },
    {
      provider: 'Canadian Digital Service Notify',
      prefix: 'gcntfy-',
      form: joined(
        { ...hex(8), source: '[a-z0-9_]{1,60}', sample: (sample) => `service_${sample.lower(6)}` },
        '-',
        uuidForm,
        '-',
        uuidForm,
      ),
      docs: 'https://documentation.notification.canada.ca/en/start.html',
    },
  ],
);

/** A time and two hexadecimal parts. */
function yandexService(): ReturnType<typeof hex> {
  return {
    ...hex(40),
    source: '[0-9]{8}T[0-9]{6}Z\\.[0-9a-f]{16}\\.[0-9a-f]{40}',
    sample: (sample) => `20${sample.digits(6)}T${sample.digits(6)}Z.${sample.hex(16)}.${sample.hex(40)}`,
  };
}
