import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'otpauth-secret',
    title: 'Secret of one-time passwords',
    provider: 'One-time passwords',
    severity: 'high',
    precision: 'exact',
    keywords: ['otpauth://'],
    expression: /otpauth:\/\/[th]otp\/[^\s"'<>]{0,200}?[?&](?:amp;)?secret=(?<secret>[A-Z2-7]{16,128}|[a-z2-7]{16,128})(?![A-Za-z0-9])/,
    minEntropy: 2.8,
    notSecrets: [/^JBSWY3DPEHPK3PXP/i, /^HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ/i],
    source: 'https://github.com/google/google-authenticator/wiki/Key-Uri-Format',
    rotation: {
      url: 'https://cheatsheetseries.owasp.org/cheatsheets/Multifactor_Authentication_Cheat_Sheet.html',
      steps: [
        'Turn the second factor of the account off and on again: that makes a new secret.',
        "Look for log-ins to the account that are not its owner's.",
      ],
    },
    examples: {
      matches: [
        (sample) => `otpauth://totp/ACME:alice@acme.org?secret=${sample.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 32)}&issuer=ACME`,
        (sample) => `"otpauth://hotp/acme?counter=1&secret=${sample.from('abcdefghijklmnopqrstuvwxyz234567', 26)}"`,
      ],
      misses: [
        () => `otpauth://totp/Example:alice@google.com?secret=${'JBSWY3DPEH'}PK3PXP&issuer=Example`,
        () => 'otpauth://totp/{label}?secret={secret}',
        () => `otpauth://totp/a?secret=${'A'.repeat(32)}`,
      ],
    },
  },
];
