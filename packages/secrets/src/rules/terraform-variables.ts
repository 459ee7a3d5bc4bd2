import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'terraform-variable-default',
    title: 'Secret as the default of a Terraform variable',
    provider: 'Terraform',
    severity: 'high',
    precision: 'contextual',
    keywords: ['variable "'],
    expression:
      /variable "[\w-]{0,64}?(?:passw(?:or)?d|secret|token|(?:api|access|private|encryption|signing|master)[_-]?key|credential)[\w-]{0,16}"\s{0,8}\{[^{}]{0,300}?\bdefault\s{0,24}=\s{0,8}(?<quote>")(?<secret>[^"\r\n$]{5,200})"/i,
    multiline: true,
    chosen: 'password',
    weaker: 'weak-login-password',
    source: 'https://developer.hashicorp.com/terraform/language/values/variables',
    rotation: {
      url: 'https://developer.hashicorp.com/terraform/language/manage-sensitive-data',
      steps: [
        'Change the value where it is used.',
        'Leave out the default, mark the variable as sensitive, and set it from a secret store.',
        'Remember that state files hold it as well.',
      ],
    },
    examples: {
      matches: [
        (sample) => `variable "db_password" {\n  type    = string\n  default = "${sample.alnum(12)}5"\n}`,
        (sample) => `variable "okta_api_token" {\n  default = "${sample.alnum(40)}5"\n}`,
      ],
      misses: [
        () => 'variable "db_password" {\n  type = string\n  sensitive = true\n}',
        () => 'variable "secret_name" {\n  default = "my-secret-name"\n}',
        (sample) => `variable "region" {\n  default = "${sample.alnum(12)}5"\n}`,
      ],
    },
  },
];
