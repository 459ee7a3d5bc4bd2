import { parseVulnerabilityIds } from '../parse-ids.ts';
import { numberAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/**
 * Vulnerabilities of hosts from Microsoft Defender for Endpoint, as its API gives them: by machine and software
 * (https://learn.microsoft.com/en-us/defender-endpoint/api/get-all-vulnerabilities-by-machines), and as the export assessment
 * (…/get-assessment-software-vulnerabilities).
 */
export const msDefender: Format = {
  id: 'ms-defender',
  name: 'Microsoft Defender',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.value[].cveId', '$.value[].machineId', '$.value[].productName'),
      layout: { entries: ['$.value[]'] },
      read({ value }) {
        const cve = textAt(value, 'cveId');
        const machine = textAt(value, 'machineId');
        const product = textAt(value, 'productName');
        const update = textAt(value, 'fixingKbId');
        return {
          kind: 'vulnerability',
          rule: { id: cve },
          title: [cve, product].filter((part) => part !== undefined).join(': '),
          remedy: update && `KB${update.replace(/^KB/i, '')}`,
          severity: textAt(value, 'severity'),
          aliases: parseVulnerabilityIds(cve),
          package: { name: product, version: textAt(value, 'productVersion'), ecosystem: textAt(value, 'productVendor') },
          location: { host: machine },
          asset: machine === undefined ? undefined : { type: 'host', name: machine },
          ownFingerprint: textAt(value, 'id'),
        };
      },
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.value[].cveId', '$.value[].deviceId', '$.value[].softwareName'),
      layout: { entries: ['$.value[]'] },
      read({ value }) {
        const cve = textAt(value, 'cveId');
        const device = textAt(value, 'deviceName') ?? textAt(value, 'deviceId');
        const product = textAt(value, 'softwareName');
        const update = textAt(value, 'recommendedSecurityUpdateUrl');
        return {
          kind: 'vulnerability',
          rule: { id: cve },
          title: [cve, product].filter((part) => part !== undefined).join(': '),
          remedy: textAt(value, 'recommendedSecurityUpdate'),
          severity: textAt(value, 'vulnerabilitySeverityLevel'),
          cvss: [{ score: numberAt(value, 'cvssScore') }],
          aliases: parseVulnerabilityIds(cve),
          package: { name: product, version: textAt(value, 'softwareVersion'), ecosystem: textAt(value, 'softwareVendor') },
          location: { host: device, path: textAt(value, 'diskPaths', 0) },
          asset: device === undefined ? undefined : { type: 'host', name: device },
          references: update === undefined ? [] : [update],
          foundAt: textAt(value, 'firstSeenTimestamp'),
          ownFingerprint: textAt(value, 'id'),
        };
      },
    },
  ],
};
