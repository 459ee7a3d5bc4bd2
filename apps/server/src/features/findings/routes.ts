import { operations } from '@deployguard/contracts';
import type { Feature, Platform } from '../../feature.ts';
import { forEachTenant, rowsPerRound } from '../../platform/database/index.ts';
import { forgetClosedFindings } from './queries.ts';
import { createFindingService } from './service.ts';

/** How long what is gone may come back and be known. */
const keptDays = 365;

/** What scanners found: read, decided about, judged by gates. */
export function createFindingsFeature(platform: Platform): Feature {
  const findings = createFindingService(platform);
  return {
    name: 'findings',
    register(api) {
      api.add(operations.listFindings, ({ caller, query }) => findings.list(caller, query));
      api.add(operations.getFinding, ({ caller, params }) => findings.get(caller, params.id));
      api.add(operations.getFindingStatistics, ({ caller, query }) => findings.count(caller, query));
      api.add(operations.exportFindings, async ({ caller, query, signal }, reply) => {
        const { mediaType, body } = await findings.export(caller, query, signal);
        return reply.type(mediaType).send(body);
      });
      api.add(operations.triageFindings, ({ caller, body, idempotency }) => findings.triage(caller, body, idempotency));
      api.add(operations.evaluateGate, ({ caller, body, signal, idempotency }) => findings.judge(caller, body, signal, idempotency));
      api.add(operations.listWaivers, ({ caller, query }) => findings.listWaivers(caller, query));
      api.add(operations.createWaiver, ({ caller, body, idempotency }) => findings.createWaiver(caller, body, idempotency));
      api.add(operations.deleteWaiver, ({ caller, params }) => findings.deleteWaiver(caller, params.id));
    },
    duties: [
      {
        name: 'forget-findings',
        everySeconds: 86_400,
        run: (signal) =>
          forEachTenant(platform.database, signal, (inTenant) => inTenant((tx) => forgetClosedFindings(tx, keptDays, rowsPerRound))),
      },
    ],
  };
}
