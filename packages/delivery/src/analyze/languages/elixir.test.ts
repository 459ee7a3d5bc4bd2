import test from 'node:test';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';

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
