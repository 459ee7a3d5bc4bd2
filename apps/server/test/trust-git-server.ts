import { readFileSync } from 'node:fs';
import type { TestGitServer } from '@deployguard/testkit';
import type { Platform } from '../src/feature.ts';

/** A platform whose workers may reach the server, and believe its certificate. */
export function trustGitServer(platform: Platform, { caFile }: Pick<TestGitServer, 'caFile'>): Platform {
  return {
    ...platform,
    config: { ...platform.config, egress: { allow: ['localhost', '127.0.0.1'] } },
    egress: { ...platform.egress, trustedCertificates: [readFileSync(caFile, 'utf8')] },
  };
}
