import { assigned, credentialsOf, token, uuid } from './forms.ts';
import type { Rule } from './rule.ts';

const vaultRotation = {
  url: 'https://developer.hashicorp.com/vault/docs/commands/token/revoke',
  steps: [
    'Revoke the token with its children: `vault token revoke <token>`, by accessor if you do not want to type it.',
    'Search the audit device for the accessor; rotate every secret that its policies could read.',
    'A root token is not for keeping: generate one when it is needed, revoke it after.',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'hashicorp-vault-service-token',
    title: 'HashiCorp Vault service token',
    provider: 'HashiCorp',
    severity: 'critical',
    precision: 'exact',
    keywords: ['hvs.'],
    expression: token('hvs\\.[\\w-]{24,130}'),
    minEntropy: 3.8,
    notSecrets: [/^hvs\.[A-Za-z_]*$/],
    source: 'https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes',
    rotation: vaultRotation,
    examples: {
      matches: [(sample) => `VAULT_TOKEN=hvs.CAESI${sample.base64url(90)}`, (sample) => `X-Vault-Token: hvs.${sample.alnum(23)}4`],
      misses: [() => `VAULT_TOKEN=hvs.${'x'.repeat(24)}`, (sample) => `hvs.${sample.alnum(6)}`, () => 'VAULT_TOKEN=hvs.<your-token>'],
    },
  },
  {
    id: 'hashicorp-vault-batch-token',
    title: 'HashiCorp Vault batch token',
    provider: 'HashiCorp',
    severity: 'medium',
    precision: 'exact',
    keywords: ['hvb.'],
    expression: token('hvb\\.[\\w-]{130,400}'),
    minEntropy: 4,
    source: 'https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes',
    rotation: {
      url: 'https://developer.hashicorp.com/vault/docs/concepts/tokens#batch-tokens',
      steps: [
        'Batch tokens cannot be revoked one by one: revoke their parent or wait for their end.',
        'Rotate what the policies of the token could read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `VAULT_TOKEN=hvb.AAAAAQ${sample.base64url(160)}`,
        (sample) => `"client_token": "hvb.AAAAAQ${sample.base64url(200)}"`,
      ],
      misses: [() => `VAULT_TOKEN=hvb.${'x'.repeat(160)}`, (sample) => `hvb.${sample.alnum(20)}`],
    },
  },
  {
    id: 'hashicorp-vault-recovery-token',
    title: 'HashiCorp Vault recovery token',
    provider: 'HashiCorp',
    severity: 'critical',
    precision: 'exact',
    keywords: ['hvr.'],
    expression: token('hvr\\.[\\w-]{24,300}'),
    minEntropy: 3.8,
    notSecrets: [/^hvr\.[A-Za-z_]*$/],
    source: 'https://developer.hashicorp.com/vault/docs/concepts/recovery-mode',
    rotation: {
      url: 'https://developer.hashicorp.com/vault/docs/concepts/recovery-mode',
      steps: [
        'End recovery mode: the token is valid only while the node runs in it.',
        'Check the raw storage for changes that you did not make.',
      ],
    },
    examples: {
      matches: [(sample) => `VAULT_TOKEN=hvr.${sample.alnum(23)}7`, (sample) => `vault login hvr.${sample.alnum(23)}2`],
      misses: [() => `hvr.${'x'.repeat(24)}`, (sample) => `hvr.${sample.alnum(8)}`],
    },
  },
  {
    id: 'hashicorp-vault-legacy-token',
    title: 'HashiCorp Vault token (before 1.10)',
    provider: 'HashiCorp',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['vault'],
    expression: assigned(credentialsOf('vault'), '[sbr]\\.(?:[A-Za-z0-9]{24,26}(?:\\.[A-Za-z0-9]{5})?|CAES[\\w-]{60,180})'),
    minEntropy: 3.8,
    notSecrets: [/^[^0-9]*$/],
    source: 'https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes',
    rotation: vaultRotation,
    examples: {
      matches: [
        (sample) => `VAULT_TOKEN=s.${sample.alnum(23)}3`,
        (sample) => `curl -H "X-Vault-Token: s.${sample.alnum(23)}8" $VAULT_ADDR/v1/secret`,
      ],
      misses: [
        () => `VAULT_TOKEN=s.${'x'.repeat(24)}`,
        () => 'vaultToken = s.readTheTokenFromTheStore()',
        (sample) => `VAULT_TOKEN=s.${sample.alnum(6)}`,
      ],
    },
  },
  {
    id: 'hashicorp-vault-unseal-key',
    title: 'HashiCorp Vault unseal or recovery key share',
    provider: 'HashiCorp',
    severity: 'critical',
    precision: 'exact',
    keywords: ['Unseal Key', 'Recovery Key', 'operator unseal'],
    expression:
      /(?:(?:Unseal|Recovery) Key(?: \d{1,2})?[ \t]{0,4}[:=]|operator unseal)[ \t]{0,4}["']?(?<secret>[A-Za-z0-9+/]{44}|[A-Za-z0-9+/]{43}=|[0-9a-f]{64}|[0-9a-f]{66})(?![A-Za-z0-9+/=])/,
    minEntropy: 3.5,
    source: 'https://developer.hashicorp.com/vault/docs/concepts/seal',
    rotation: {
      url: 'https://developer.hashicorp.com/vault/docs/commands/operator/rekey',
      steps: [
        'Rekey with `vault operator rekey`, for a recovery key with `-target=recovery`: the old shares become worthless.',
        'Rotate the encryption key with `vault operator rotate`, and give each share to one person.',
      ],
    },
    examples: {
      matches: [
        (sample) => `Unseal Key 1: ${sample.base64(44)}`,
        (sample) => `Recovery Key 5: ${sample.base64(43)}=`,
        (sample) => `vault operator unseal ${sample.base64(44)}`,
        (sample) => `Unseal Key: "${sample.hex(66)}"`,
      ],
      misses: [
        () => `Unseal Key 1: ${'A'.repeat(44)}`,
        () => 'Unseal Key (will be hidden):',
        (sample) => `Unseal Key 1: ${sample.alnum(12)}`,
      ],
    },
  },
  {
    id: 'hashicorp-terraform-token',
    title: 'HCP Terraform API token',
    provider: 'HashiCorp',
    severity: 'critical',
    precision: 'exact',
    keywords: ['.atlasv1.'],
    lookBehind: 14,
    expression: token('[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{60,70}'),
    minEntropy: 4,
    source: 'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
    rotation: {
      url: 'https://app.terraform.io/app/settings/tokens',
      steps: [
        'Delete the user token on the linked page; regenerate a team or organisation token in its settings.',
        'Review the audit trail and runs; rotate the variables and the state secrets of the workspaces it could read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `credentials "app.terraform.io" { token = "${sample.alnum(14)}.atlasv1.${sample.alnum(67)}" }`,
        (sample) => `TF_TOKEN_app_terraform_io=${sample.alnum(14)}.atlasv1.${sample.alnum(67)}`,
      ],
      misses: [
        () => `token = "${'x'.repeat(14)}.atlasv1.${'x'.repeat(67)}"`,
        (sample) => `${sample.alnum(5)}.atlasv1.${sample.alnum(67)}`,
        () => 'token = "xxxxxx.atlasv1.zzzzzzzzzzzzz"',
      ],
    },
  },
  {
    id: 'hashicorp-cloud-client-secret',
    title: 'HashiCorp Cloud Platform client secret',
    provider: 'HashiCorp',
    severity: 'critical',
    precision: 'contextual',
    keywords: ['hcp'],
    expression: assigned(['hcp[\\w.\\-]{0,16}?(?:[:=>\\[({,"\' \\t]{1,8}[\\w.\\-]{0,16}?)?client[_\\-]?secret'], '[A-Za-z0-9_-]{64}'),
    minEntropy: 4.5,
    source: 'https://developer.hashicorp.com/hcp/docs/hcp/iam/service-principal/key',
    rotation: {
      url: 'https://developer.hashicorp.com/hcp/docs/hcp/iam/service-principal/key',
      steps: [
        'Generate a second key for the service principal, roll it out, delete the leaked one.',
        'Read the audit log; rotate what the principal could read in Vault Secrets.',
      ],
    },
    examples: {
      matches: [
        (sample) => `HCP_CLIENT_SECRET=${sample.base64url(64)}`,
        (sample) => `provider "hcp" { client_secret = "${sample.base64url(64)}" }`,
      ],
      misses: [
        () => `HCP_CLIENT_SECRET=${'x'.repeat(64)}`,
        (sample) => `HCP_CLIENT_ID=${sample.alnum(32)}`,
        () => 'HCP_CLIENT_SECRET=${HCP_CLIENT_SECRET}',
      ],
    },
  },
  {
    id: 'hashicorp-consul-token',
    title: 'HashiCorp Consul or Nomad ACL token',
    provider: 'HashiCorp',
    severity: 'high',
    precision: 'contextual',
    keywords: ['consul', 'nomad'],
    expression: assigned(
      ['(?:consul|nomad)[\\w.\\-]{0,20}?(?:[:=>\\[({,"\' \\t]{1,8}[\\w.\\-]{0,16}?)?(?:token|secret[_\\-]?id|master)'],
      uuid,
    ),
    minEntropy: 3,
    source: 'https://developer.hashicorp.com/consul/docs/security/acl/tokens',
    rotation: {
      url: 'https://developer.hashicorp.com/consul/commands/acl/token/delete',
      steps: [
        'Create a new token with the same policies, roll it out, delete the leaked one: `consul acl token delete` or `nomad acl token delete`.',
        'Review the key-value store and the services for changes.',
      ],
    },
    examples: {
      matches: [
        (sample) => `CONSUL_HTTP_TOKEN=${sample.uuid()}`,
        (sample) => `X-Consul-Token: ${sample.uuid()}`,
        (sample) => `NOMAD_TOKEN="${sample.uuid()}"`,
      ],
      misses: [
        (sample) => `consul_node_id=${sample.uuid()}`,
        () => 'CONSUL_HTTP_TOKEN=00000000-0000-0000-0000-000000000002',
        () => 'CONSUL_HTTP_TOKEN=${CONSUL_TOKEN}',
      ],
    },
  },
];
