import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../../test/a-tree.ts';
import { assertRecognised, type RecognitionCase, vite } from '../../../test/recognition-case.ts';
import { analyzeTree } from '../analyze-tree.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  Rails: {
    files: {
      Gemfile: 'ruby "3.4.1"\ngem "rails", "~> 8.0"\ngem "propshaft"\ngem "pg"\n',
      'config/application.rb': '',
      'config/routes.rb': 'get "up" => "rails/health#show"',
      'db/migrate/1_x.rb': '',
      'package.json': aPackage(vite),
    },
    expected: {
      language: 'ruby',
      framework: 'rails',
      version: '3.4.1',
      packageManager: 'bundler',
      buildCommand: 'SECRET_KEY_BASE=${SECRET_KEY_BASE:-none} bundle exec rails assets:precompile',
      startCommand: 'bundle exec rails server -b 0.0.0.0 -p ${PORT:-3000}',
      port: 3000,
      releaseCommand: 'bundle exec rails db:migrate',
      healthPath: '/up',
    },
  },
  'Rails 6, which brings Sprockets': {
    files: {
      Gemfile: 'gem "rails", "~> 6.1"\n',
      'Gemfile.lock': 'GEM\n  specs:\n    rails (6.1.7)\n      sprockets-rails (>= 2.0.0)\n    sprockets-rails (3.4.2)\n',
      'config/application.rb': 'require "rails/all"\n',
      'app/assets/config/manifest.js': '//= link_tree ../images\n',
    },
    expected: { buildCommand: 'SECRET_KEY_BASE=${SECRET_KEY_BASE:-none} bundle exec rails assets:precompile' },
  },
  'Rails 6 without the part for assets': {
    files: {
      Gemfile: 'gem "rails", "~> 6.1"\n',
      'Gemfile.lock': 'GEM\n  specs:\n    rails (6.1.7)\n      sprockets-rails (>= 2.0.0)\n    sprockets-rails (3.4.2)\n',
      'config/application.rb': 'require "rails"\n# require "sprockets/railtie"\n',
      'app/assets/config/manifest.js': '//= link_tree ../images\n',
    },
    expected: { buildCommand: undefined },
  },
  Sinatra: {
    files: { Gemfile: "gem 'sinatra'\n", '.ruby-version': 'ruby-3.3.0\n', 'app.rb': '' },
    expected: { framework: 'sinatra', version: '3.3.0', startCommand: 'bundle exec ruby app.rb', port: 4567 },
  },
  'Rack with a port in the settings of Puma': {
    files: {
      Gemfile: "gem 'sinatra'\ngem 'puma'\n",
      'config.ru': 'run Sinatra::Application\n',
      'config/puma.rb': "# port 1\nworkers 2\nport ENV.fetch('PORT') { 4000 }\n",
    },
    expected: { startCommand: 'bundle exec puma -p ${PORT:-4000}', port: 4000 },
  },
  'Jekyll with a folder of its own': {
    files: { Gemfile: "source 'x'\ngem 'github-pages', group: :jekyll_plugins\n", '_config.yml': "title: x\ndestination: './public/'\n" },
    expected: {
      language: 'ruby',
      framework: 'jekyll',
      buildCommand: 'bundle exec jekyll build',
      staticOutput: 'public',
      startCommand: undefined,
    },
  },
  Middleman: {
    files: { Gemfile: "gem 'middleman', '~> 4.5'\n", 'config.rb': '' },
    expected: { framework: 'middleman', buildCommand: 'bundle exec middleman build', staticOutput: 'build' },
  },
  'Sinatra at a port of its own': {
    files: { Gemfile: "gem 'sinatra'\n", 'app.rb': "set :bind, '0.0.0.0'\nset :port, ENV['PORT'] || 8080\n" },
    expected: { startCommand: 'bundle exec ruby app.rb', port: 8080 },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}

test('Puma serves where Rack comes without its command', async () => {
  const startOf = async (gems: string, lock: string): Promise<string | undefined> =>
    (await analyzeTree(aTree({ Gemfile: gems, 'Gemfile.lock': lock, 'config.ru': 'run App\n' }))).startCommand?.value;
  const gems = "gem 'roda'\ngem 'puma'\n";

  assert.equal(await startOf(gems, 'GEM\n  specs:\n    puma (6.4.0)\n    rack (3.1.0)\n'), 'bundle exec puma -p ${PORT:-9292}');
  assert.match((await startOf(gems, 'GEM\n  specs:\n    puma (6.4.0)\n    rack (2.2.0)\n'))!, /rackup/);
  assert.match((await startOf(gems, 'GEM\n  specs:\n    rack (3.1.0)\n    rackup (2.1.0)\n'))!, /rackup/);
});

test('tasks of Rails before 5 are run by rake', async () => {
  const files = (version: string): Record<string, string> => ({
    Gemfile: "gem 'rails'\ngem 'sprockets-rails'\n",
    'Gemfile.lock': `GEM\n  specs:\n    rails (${version})\n`,
    'config/application.rb': '',
    'db/schema.rb': '',
  });

  const [old, later] = await Promise.all(['4.2.11', '5.0.0'].map((version) => analyzeTree(aTree(files(version)))));

  assert.equal(old!.releaseCommand?.value, 'bundle exec rake db:migrate');
  assert.equal(old!.buildCommand?.value, 'SECRET_KEY_BASE=${SECRET_KEY_BASE:-none} bundle exec rake assets:precompile');
  assert.equal(later!.releaseCommand?.value, 'bundle exec rails db:migrate');
});
