import { token } from './forms.ts';
import type { Rule } from './rule.ts';

const kinds = [
  { prefix: 'dp.pt.', id: 'doppler-personal-token', title: 'Doppler personal token', severity: 'critical' },
  { prefix: 'dp.ct.', id: 'doppler-cli-token', title: 'Doppler CLI token', severity: 'critical' },
  { prefix: 'dp.st.', id: 'doppler-service-token', title: 'Doppler service token', severity: 'critical' },
  { prefix: 'dp.sa.', id: 'doppler-service-account-token', title: 'Doppler service account token', severity: 'critical' },
  { prefix: 'dp.scim.', id: 'doppler-scim-token', title: 'Doppler SCIM token', severity: 'high' },
  { prefix: 'dp.audit.', id: 'doppler-audit-token', title: 'Doppler audit token', severity: 'medium' },
] as const;

export const rules: readonly Rule[] = kinds.map(({ prefix, id, title, severity }) => {
  const form = prefix.replaceAll('.', '\\.') + (prefix === 'dp.st.' ? '(?:[a-z0-9_-]{2,35}\\.)?' : '');
  return {
    id,
    title,
    provider: 'Doppler',
    severity,
    precision: 'exact',
    keywords: [prefix],
    expression: token(`${form}[A-Za-z0-9]{40,44}`),
    minEntropy: 3.8,
    source: 'https://docs.doppler.com/reference/auth-token-formats',
    rotation: {
      url: 'https://dashboard.doppler.com/workplace/tokens/personal',
      steps: [
        'Revoke the token on the linked page; a service token under Access of its config, the others in the settings of the workplace.',
        'Read the access log of the configs and rotate every secret that the token could read.',
      ],
    },
    examples: {
      matches: [
        (sample) => `DOPPLER_TOKEN=${prefix}${sample.alnum(43)}`,
        (sample) => `doppler run --token "${prefix}${sample.alnum(40)}" -- npm start`,
        (sample) => (prefix === 'dp.st.' ? `token: dp.st.prd_eu.${sample.alnum(43)}` : `token: ${prefix}${sample.alnum(44)}`),
      ],
      misses: [
        () => `DOPPLER_TOKEN=${prefix}${'x'.repeat(43)}`,
        (sample) => `DOPPLER_TOKEN=${prefix}${sample.alnum(10)}`,
        () => `DOPPLER_TOKEN=${prefix}xxxx.yyyy`,
      ],
    },
  };
});
