import { token } from './forms.ts';
import type { Rule } from './rule.ts';

/** Platforms that devices talk to, with one kind of key each. */
export const rules: readonly Rule[] = [
  {
    id: 'adafruit-io-key',
    title: 'Adafruit IO key',
    provider: 'Adafruit',
    severity: 'medium',
    precision: 'exact',
    keywords: ['aio_'],
    expression: token('aio_[A-Za-z0-9]{28}'),
    minEntropy: 3.5,
    source: 'https://io.adafruit.com/api/docs/#authentication',
    rotation: {
      url: 'https://io.adafruit.com/',
      steps: ['Choose "Regenerate key" under "My Key".', 'Set the new key on the devices.'],
    },
    examples: {
      matches: [(sample) => `#define IO_KEY "aio_${sample.alnum(28)}"`, (sample) => `ADAFRUIT_IO_KEY=aio_${sample.alnum(28)}`],
      misses: [() => 'IO_KEY=aio_your_key_here', (sample) => `aio_${sample.alnum(8)}`],
    },
  },
  {
    id: 'thingsboard-device-token',
    title: 'ThingsBoard device access token',
    provider: 'ThingsBoard',
    severity: 'medium',
    precision: 'contextual',
    keywords: ['thingsboard.cloud/api/v1/', 'thingsboard.io/api/v1/'],
    expression: /thingsboard\.(?:cloud|io)\/api\/v1\/(?<secret>[A-Za-z0-9]{20})\/(?:telemetry|attributes|rpc|claim|firmware)/,
    minEntropy: 3,
    source: 'https://thingsboard.io/docs/reference/http-api/',
    rotation: {
      url: 'https://thingsboard.io/docs/user-guide/access-token/',
      steps: ["Change the device's access token under Manage credentials.", 'Set the new one on the device.'],
    },
    examples: {
      matches: [
        (sample) => `curl -X POST https://thingsboard.cloud/api/v1/${sample.alnum(20)}/telemetry`,
        (sample) => `coap://coap.thingsboard.cloud/api/v1/${sample.alnum(20)}/attributes`,
      ],
      misses: [() => 'https://thingsboard.cloud/api/v1/$ACCESS_TOKEN/telemetry', () => 'https://thingsboard.cloud/api/v1/provision'],
    },
  },
  {
    id: 'truenas-api-key',
    title: 'TrueNAS API key',
    provider: 'TrueNAS',
    severity: 'high',
    precision: 'contextual',
    keywords: ['login_with_api_key', 'truenas'],
    expression: /(?:login_with_api_key|truenas)[^\r\n{}]{0,48}[\s\S]{0,64}?["' ](?<secret>[0-9]{1,4}-[A-Za-z0-9]{64})(?![A-Za-z0-9])/i,
    reach: 240,
    multiline: true,
    minEntropy: 4,
    source: 'https://www.truenas.com/docs/scale/scaletutorials/toptoolbar/managingapikeys/',
    rotation: {
      url: 'https://www.truenas.com/docs/scale/scaletutorials/toptoolbar/managingapikeys/',
      steps: ['Delete the key on the page "API Keys".', 'Look in the audit log for calls that you do not know.'],
    },
    examples: {
      matches: [
        (sample) => `{"method": "auth.login_with_api_key", "params": ["${sample.digits(2)}-${sample.alnum(64)}"]}`,
        (sample) => `truenas_api_key: "1-${sample.alnum(64)}"`,
      ],
      misses: [() => '{"method": "auth.login_with_api_key", "params": [key]}', (sample) => `truenas "1-${sample.alnum(20)}"`],
    },
  },
];
