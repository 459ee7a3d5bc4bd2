import { assigned, token, tokenStart, uuid } from './forms.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

const source = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids';

/** AWS's own documentation ends its example keys in this word; tests of other tools alter a letter of it. */
const published = [/XAMPLE|EXAMPL/, /xample|exampl/];

/** A secret key of 40 random characters holds all three classes; paths and hashes do not. */
const notKeys = [...published, /^[^A-Z]*$/, /^[^a-z]*$/, /^[^0-9]*$/, /(?:\/[^/]*){5}/];

/** Id and secret side by side: the downloaded credentials file, `-u id:secret`, connection URLs, arguments. */
const beside = `["']?(?:[ \\t]{0,4}[,:;|][ \\t]{0,4}|[ \\t]{1,8})["']?`;

/** The secret soon after the id, on the same line or another, under a name that alone does not say whose secret it is. */
const soonAfter = `[^]{1,160}?(?<![\\w.\\-])(?:[Ss]ecret(?:_?[Kk]ey)?|SECRET(?:_KEY)?)["']?[ \\t]{0,12}(?:=>|[=:])[ \\t]{0,8}["']?`;

const keyRotation = {
  url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html',
  steps: [
    'Set the access key to inactive in IAM at once, then delete it when nothing breaks.',
    'Search CloudTrail for its access key id, in every region: new users, roles, keys, instances, and calls from addresses you do not know.',
    'Replace the key by a role or by short-lived credentials; issue a new key only where that is impossible.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'aws-access-key-id',
    title: 'AWS access key id',
    provider: 'AWS',
    severity: 'low',
    precision: 'exact',
    keywords: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    expression: token('(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}'),
    minEntropy: 3,
    notSecrets: published,
    source,
    rotation: {
      url: keyRotation.url,
      steps: ['The id alone opens nothing: look for the secret key that belongs to it.', ...keyRotation.steps],
    },
    examples: {
      matches: [
        (sample) => `AWS_ACCESS_KEY_ID=${accessKeyId(sample)}`,
        (sample) => `"accessKeyId": "${accessKeyId(sample, 'ASIA')}",`,
        (sample) => `https://bucket.s3.amazonaws.com/?X-Amz-Credential=${accessKeyId(sample)}%2F20260101%2Fus-east-1`,
      ],
      misses: [
        () => `aws_access_key_id = AKIA${'X'.repeat(16)}`,
        () => `aws_access_key_id = AKIA${'IOSFODNN7'}EXAMPLE`,
        (sample) => `const AKIA${sample.upper(20)} = 1`,
        (sample) => `ASIA${sample.from('abcdef', 16)}`,
      ],
    },
  },
  {
    id: 'aws-secret-access-key',
    title: 'AWS secret access key',
    provider: 'AWS',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['aws_', 'aws-', 'aws.', 'awssecret', 'awsaccess', 'awskey', 'secret_access_key', 'secretaccesskey', 'secret-access-key'],
    expression: assigned(
      [
        'aws[_.\\-]?[\\w.\\-]{0,16}?(?:secret|key(?![_\\-]?id)|credential)',
        '(?<!wasabi_|cloud_|hwc_|r2_|spaces_)secret[_\\-]?access[_\\-]?key',
      ],
      '[A-Za-z0-9/+]{40}',
    ),
    minEntropy: 4.2,
    notSecrets: notKeys,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
    rotation: keyRotation,
    examples: {
      matches: [
        (sample) => `aws_secret_access_key = ${sample.base64(40)}`,
        (sample) => `AWS_SECRET_KEY="${sample.base64(40)}"`,
        (sample) => `new AWS.S3({ secretAccessKey: '${sample.base64(40)}' })`,
        (sample) => `- {"name": "AWS_SECRET_ACCESS_KEY", "value": "${sample.base64(40)}"}`,
      ],
      misses: [
        (sample) => `aws_secret_access_key = ${sample.hex(40)}`,
        () => `aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLEKEY'}`,
        () => `aws_secret_access_key = ${'x'.repeat(40)}`,
        () => 'aws_secret_access_key = ${var.aws_secret_access_key_of_the_account}',
        (sample) => `secret_key_base: ${sample.hex(40)}`,
        () => 'aws-secret: path/to/the/secret/in/the/parameter/store',
      ],
    },
  },
  {
    id: 'aws-key-pair',
    title: 'AWS access key id with its secret',
    provider: 'AWS',
    severity: 'critical',
    precision: 'exact',
    keywords: ['AKIA', 'ASIA'],
    expression: new RegExp(`${tokenStart}A[KS]IA[A-Z2-7]{16}(?:${beside}|${soonAfter})(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=_])`),
    multiline: true,
    reach: 320,
    minEntropy: 4.2,
    notSecrets: notKeys,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
    rotation: keyRotation,
    examples: {
      matches: [
        (sample) => `ci,${accessKeyId(sample)},${sample.base64(40)}`,
        (sample) => `curl --aws-sigv4 aws:amz:eu-west-1:s3 --user "${accessKeyId(sample)}:${sample.base64(40)}"`,
        (sample) => `S3Connection('${accessKeyId(sample)}', '${sample.base64(40)}')`,
        (sample) => `provider "aws" {\n  access_key = "${accessKeyId(sample)}"\n  secret_key = "${sample.base64(40)}"\n}`,
        (sample) => `{\n  "key": "${accessKeyId(sample)}",\n  "secret": "${sample.base64(40)}"\n}`,
      ],
      misses: [
        (sample) => `${accessKeyId(sample)}:${sample.hex(40)}`,
        (sample) => `${accessKeyId(sample)} ${sample.base64(39)}`,
        (sample) => `${accessKeyId(sample)},${sample.base64(64)}`,
        (sample) => `id: ${accessKeyId(sample)}\nsecret_path: x\ncommit: ${sample.base64(40)}`,
      ],
    },
  },
  {
    id: 'aws-session-token',
    title: 'AWS session token',
    provider: 'AWS',
    severity: 'medium',
    precision: 'exact',
    // Base64 of the field that names where the token was issued: `origin_ec` or `er/aws`.
    keywords: ['IQoJb3JpZ2luX2Vj', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz'],
    expression: token('(?:IQoJb3JpZ2luX2Vj|F[wQ]oGZXIvYXdz)[A-Za-z0-9+/]{150,2000}={0,2}'),
    reach: 2100,
    minEntropy: 4.5,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html',
    rotation: {
      url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html',
      steps: [
        'Session tokens end by themselves within 36 hours; if it may still live, revoke the active sessions of its role in IAM.',
        'Search CloudTrail for the ASIA key id beside it.',
      ],
    },
    examples: {
      matches: [
        (sample) => `export AWS_SESSION_TOKEN="IQoJb3JpZ2luX2Vj${sample.base64(600)}=="`,
        (sample) => `aws_session_token = FwoGZXIvYXdz${sample.base64(400)}`,
      ],
      misses: [
        (sample) => `aws_session_token = IQoJb3JpZ2luX2Vj${sample.base64(40)}`,
        () => `aws_session_token = FwoGZXIvYXdz${'A'.repeat(200)}`,
      ],
    },
  },
  {
    id: 'aws-bedrock-api-key',
    title: 'Amazon Bedrock API key (long-term)',
    provider: 'AWS',
    severity: 'high',
    precision: 'exact',
    keywords: ['ABSKQmVkcm9ja0FQSUtleS'],
    expression: token('ABSKQmVkcm9ja0FQSUtleS[A-Za-z0-9+/]{60,250}={0,2}'),
    isValid: isBedrockKey,
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html',
    rotation: {
      url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-revoke.html',
      steps: [
        'Deactivate and delete the Bedrock credential of the IAM user that the decoded key names (BedrockAPIKey-…).',
        'Check Bedrock invocations and their cost in CloudTrail since the key was exposed.',
        'Use short-term keys or roles instead.',
      ],
    },
    examples: {
      matches: [
        (sample) => `AWS_BEARER_TOKEN_BEDROCK=${bedrockKey(sample)}`,
        (sample) => `curl -H "Authorization: Bearer ${bedrockKey(sample)}"`,
      ],
      misses: [
        (sample) => `AWS_BEARER_TOKEN_BEDROCK=ABSKQmVkcm9ja0FQSUtleS${sample.base64(20)}`,
        () => `AWS_BEARER_TOKEN_BEDROCK=ABSKQmVkcm9ja0FQSUtleS${'x'.repeat(90)}`,
      ],
    },
  },
  {
    id: 'aws-bedrock-short-term-api-key',
    title: 'Amazon Bedrock API key (short-term)',
    provider: 'AWS',
    severity: 'medium',
    precision: 'exact',
    // The presigned request `bedrock.amazonaws.com/?Action=…` in base64.
    keywords: ['bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t'],
    expression: token('bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/]{200,3000}={0,2}'),
    reach: 3200,
    minEntropy: 4,
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html',
    rotation: {
      url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-revoke.html',
      steps: [
        'The key ends within 12 hours; if it may still live, revoke the sessions of the role that made it.',
        'Check Bedrock invocations in CloudTrail.',
      ],
    },
    examples: {
      matches: [
        (sample) => `AWS_BEARER_TOKEN_BEDROCK=bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t${sample.base64(900)}=`,
        (sample) => `"token": "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t${sample.base64(1200)}"`,
      ],
      misses: [
        (sample) => `bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t${sample.base64(30)}`,
        (sample) => `bedrock-api-key-${sample.base64(300)}`,
      ],
    },
  },
  {
    id: 'aws-ses-smtp-password',
    title: 'Amazon SES SMTP password',
    provider: 'AWS',
    severity: 'high',
    precision: 'contextual',
    keywords: ['ses_', 'ses.', 'ses-', 'smtp', 'email_', 'mail_', 'mail.'],
    expression: assigned(['(?:ses[_.\\-]|smtp|e?mail[_.])[\\w.\\-]{0,24}?(?:pass(?:word|wd)?|pwd|secret)'], 'B[A-Za-z0-9+/]{43}'),
    isValid: isSmtpPassword,
    minEntropy: 4.2,
    source: 'https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html',
    rotation: {
      url: 'https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html',
      steps: [
        'Deactivate, then delete the access key of the IAM user that the SMTP user name is the id of.',
        'Check the sending statistics and the reputation of the account for mail that you did not send.',
        'Create new SMTP credentials whose policy allows ses:SendRawEmail only.',
      ],
    },
    examples: {
      matches: [
        (sample) => `SES_SMTP_PASSWORD=${smtpPassword(sample)}`,
        (sample) => `MAIL_PASSWORD="${smtpPassword(sample)}"`,
        (sample) => `smtp_password: ${smtpPassword(sample)}`,
      ],
      misses: [
        () => `SES_SMTP_PASSWORD=B${'x'.repeat(43)}`,
        (sample) => `SMTP_PASSWORD=Bz${sample.base64(42)}`,
        () => 'SMTP_PASSWORD=${SMTP_PASSWORD}',
      ],
    },
  },
  {
    id: 'aws-appsync-api-key',
    title: 'AWS AppSync API key',
    provider: 'AWS',
    severity: 'medium',
    precision: 'exact',
    keywords: ['da2-'],
    expression: token('da2-[a-z0-9]{26}'),
    minEntropy: 3.2,
    source: 'https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#api-key-authorization',
    rotation: {
      url: 'https://docs.aws.amazon.com/appsync/latest/APIReference/API_DeleteApiKey.html',
      steps: [
        'Delete the key in the settings of its AppSync API and create a new one.',
        'Review what the API lets a bearer of the key read and write.',
      ],
    },
    examples: {
      matches: [(sample) => `"aws_appsync_apiKey": "da2-${sample.lower(26)}"`, (sample) => `x-api-key: da2-${sample.lower(26)}`],
      misses: [() => `apiKey: da2-${'x'.repeat(26)}`, (sample) => `lambda2-${sample.lower(26)}`, (sample) => `da2-${sample.lower(12)}`],
    },
  },
  {
    id: 'aws-mws-auth-token',
    title: 'Amazon Marketplace Web Service auth token',
    provider: 'AWS',
    severity: 'low',
    precision: 'exact',
    keywords: ['amzn.mws.'],
    expression: token(`amzn\\.mws\\.${uuid}`),
    minEntropy: 3,
    source: 'https://developer-docs.amazon.com/sp-api/docs/migrating-from-amazon-mws',
    rotation: {
      url: 'https://sellercentral.amazon.com/gp/account-manager/home.html',
      steps: [
        'Amazon has switched MWS off; disable the developer access of the token under User permissions all the same.',
        'Use Selling Partner API credentials.',
      ],
    },
    examples: {
      matches: [(sample) => `MWS_AUTH_TOKEN=amzn.mws.${sample.uuid()}`, (sample) => `&MWSAuthToken=amzn.mws.${sample.uuid()}&Merchant=A1`],
      misses: [() => 'amzn.mws.00000000-0000-0000-0000-000000000000', (sample) => `amzn.mws.${sample.hex(8)}`],
    },
  },
];

function accessKeyId(sample: Sampler, prefix = 'AKIA'): string {
  return prefix + sample.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16);
}

/** The key is `ABSK` and base64 of `BedrockAPIKey-<suffix>-at-<account id>:<secret>`. */
function isBedrockKey(secret: string): boolean {
  return /^BedrockAPIKey-[\w+=,.@-]{1,80}:/.test(Buffer.from(secret.slice(4), 'base64').toString('latin1'));
}

function bedrockKey(sample: Sampler): string {
  return `ABSK${Buffer.from(`BedrockAPIKey-${sample.lower(4)}-at-${sample.digits(12)}:${sample.base64(44)}`).toString('base64')}`;
}

/** A version byte of 4 and an HMAC-SHA-256 in base64: the secret key itself is not in it. */
function isSmtpPassword(secret: string): boolean {
  const content = Buffer.from(secret, 'base64');
  return content.length === 33 && content[0] === 4;
}

function smtpPassword(sample: Sampler): string {
  return Buffer.from(`04${sample.hex(64)}`, 'hex').toString('base64');
}
