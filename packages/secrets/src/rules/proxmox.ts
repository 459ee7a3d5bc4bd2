import type { Rule } from './rule.ts';

export const rules: readonly Rule[] = [
  {
    id: 'proxmox-api-token',
    title: 'Proxmox VE API token',
    provider: 'Proxmox',
    severity: 'high',
    precision: 'exact',
    keywords: ['PVEAPIToken='],
    expression: /PVEAPIToken=[\w.@-]{3,80}![\w.-]{1,80}=(?<secret>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/,
    minEntropy: 3,
    source: 'https://pve.proxmox.com/wiki/Proxmox_VE_API#API_Tokens',
    rotation: {
      url: 'https://pve.proxmox.com/pve-docs/pveum.1.html',
      steps: [
        'Remove the token (`pveum user token remove`) and add another with the least privileges.',
        'Look in the task log for what it did.',
      ],
    },
    examples: {
      matches: [
        (sample) => `Authorization: PVEAPIToken=root@pam!ci=${sample.uuid()}`,
        (sample) => `curl -H "Authorization: PVEAPIToken=bot@pve!deploy=${sample.uuid()}" https://pve:8006/api2/json/`,
      ],
      misses: [
        () => 'Authorization: PVEAPIToken=USER@REALM!TOKENID=UUID',
        () => 'PVEAPIToken=root@pam!ci=00000000-0000-0000-0000-000000000000',
      ],
    },
  },
];
