import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestApp } from '../../../test/open-test-app.ts';
import { createResource } from '../../../test/test-resources.ts';

const limit = { timeout: 120_000 };

/** What becomes of the first deployments of two users who are tenants of their own. */
async function deployAsTwo(environment: Readonly<Record<string, string>>): Promise<string[]> {
  const service = await openTestApp({ environment });
  try {
    const outcomes: string[] = [];
    for (const user of ['alice', 'mallory']) {
      const { id } = await createResource(service, '/api/v2/sources', user);
      const headers = { ...(await service.asUser(user)), 'content-type': 'application/json' };
      const body = JSON.stringify({ application: 'shop', source_id: id });
      const answer = await fetch(`${service.url}/api/v2/deployments`, { method: 'POST', headers, body });
      const { detail } = (await answer.json()) as { detail?: string };
      const listed = (await (await fetch(`${service.url}/api/v2/applications`, { headers })).json()) as { items: { target: string }[] };
      outcomes.push([answer.status, ...(detail === undefined ? [] : [detail]), ...listed.items.map(({ target }) => target)].join(' '));
    }
    return outcomes;
  } finally {
    await service.close();
  }
}

const nothing = '409 This service deploys nothing: its operator has not chosen where applications run (deployments.target).';

for (const [name, environment] of Object.entries<Record<string, string>>({
  'keys of its own': { DEPLOYGUARD_AUTH_API_KEYS: 'true' },
  'a gateway': { DEPLOYGUARD_AUTH_GATEWAY_PROOFS: 'g'.repeat(32) },
  'an issuer of tokens': {
    DEPLOYGUARD_AUTH_JWT_ISSUERS: JSON.stringify([
      { issuer: 'https://id.example.com', audiences: ['deployguard'], algorithms: ['RS256'], jwksUrl: 'https://id.example.com/keys' },
    ]),
  },
})) {
  test(`a service with ${name} starts programs of strangers only where its operator chose it`, limit, async () => {
    assert.deepEqual(await deployAsTwo(environment), [nothing, nothing]);
  });
}

test('where its operator chose a target, that is where applications of strangers run', limit, async () => {
  const chosen = await deployAsTwo({ DEPLOYGUARD_AUTH_API_KEYS: 'true', DEPLOYGUARD_DEPLOYMENTS_TARGET: 'process' });

  assert.deepEqual(chosen, ['202 process', '202 process']);
});

test('on a service that only its owner uses, applications are processes', limit, async () => {
  assert.deepEqual(await deployAsTwo({}), ['202 process', '202 process']);
});
