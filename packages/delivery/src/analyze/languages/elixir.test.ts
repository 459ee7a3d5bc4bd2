import assert from 'node:assert/strict';
import test from 'node:test';
import { aTree } from '../../../test/a-tree.ts';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';
import { analyzeTree } from '../analyze-tree.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  Phoenix: {
    files: {
      'mix.exs': 'def project, do: [app: :shop_web, elixir: "~> 1.18"]\n{:phoenix, "~> 1.7"}\n"assets.deploy": []\n',
      'lib/shop_web/release.ex': '',
      'priv/repo/migrations/1_x.exs': '',
    },
    expected: {
      language: 'elixir',
      framework: 'phoenix',
      version: '~> 1.18',
      startCommand: 'PHX_SERVER=true _build/prod/rel/shop_web/bin/shop_web start',
      port: 4000,
      releaseCommand: '_build/prod/rel/shop_web/bin/shop_web eval "ShopWeb.Release.migrate"',
    },
  },
  'a release of another name than the application': {
    files: {
      'mix.exs':
        'def project do\n  [\n    app: :shop,\n    releases: [\n      # old: [],\n      web: [include_executables_for: [:unix], applications: [shop: :permanent], cookie: "a: [1"]\n    ]\n  ]\nend\n{:phoenix, "~> 1.7"}\n',
      'lib/shop/release.ex': '',
      'priv/repo/migrations/1_x.exs': '',
    },
    expected: {
      buildCommand: 'MIX_ENV=prod mix release',
      startCommand: 'PHX_SERVER=true _build/prod/rel/web/bin/web start',
      releaseCommand: '_build/prod/rel/web/bin/web eval "Shop.Release.migrate"',
    },
  },
  'the release that is the default of several': {
    files: {
      'mix.exs':
        'def project, do: [app: :shop, releases: releases(), default_release: :api]\n\ndefp releases do\n  [\n    {:worker, [steps: [:assemble, :tar]]},\n    {:api, []}\n  ]\nend\n',
    },
    expected: { buildCommand: 'MIX_ENV=prod mix release', startCommand: '_build/prod/rel/api/bin/api start' },
  },
  'Elixir with a server of its own': {
    files: {
      'mix.exs': 'def project, do: [app: :shop]\n{:bandit, "~> 1.6"}\n',
      'lib/shop/application.ex': 'children = [\n  # {Bandit, plug: Shop.Old, port: 1}\n  {Bandit, plug: Shop.Router, port: 4001}\n]\n',
    },
    expected: { language: 'elixir', framework: undefined, port: 4001 },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}

test('of several releases without a default each is built, and it is asked which is started', async () => {
  const releases = '@releases [api: [cookie: "x"], worker: []]\n';
  const { buildCommand, startCommand, ambiguities } = await analyzeTree(
    aTree({ 'mix.exs': `${releases}def project, do: [app: :shop, releases: @releases]\n` }),
  );

  assert.equal(buildCommand?.value, 'MIX_ENV=prod mix release api && MIX_ENV=prod mix release worker');
  assert.equal(startCommand, undefined);
  assert.deepEqual(
    ambiguities.map(({ field, choices }) => [field, ...choices.map(({ value }) => value)]),
    [['startCommand', '_build/prod/rel/api/bin/api start', '_build/prod/rel/worker/bin/worker start']],
  );
});
