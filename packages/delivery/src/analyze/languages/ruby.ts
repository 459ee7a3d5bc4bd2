import type { Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findVersion } from '../find-version.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';

const frameworks = ['rails', 'hanami', 'sinatra', 'grape', 'roda', 'jekyll', 'middleman'];

/** Applications in Ruby: the Gemfile, and what Rails and Rack expect where. */
export function detectRuby(project: Project): Detection | undefined {
  const file = ['Gemfile', 'config.ru', 'app.rb', 'main.rb'].find((path) => project.has(path));
  if (file === undefined) return undefined;
  const gems = [...(project.text('Gemfile') ?? '').matchAll(/^[ \t]*gem\s*(?:\(\s*)?['"]([\w.-]{1,80})['"]/gm)].map(([, name]) => name!);
  // GitHub's gem brings Jekyll.
  const gem = frameworks.find((name) => gems.includes(name)) ?? gems.find((name) => name === 'github-pages');
  const framework = gem === 'github-pages' ? 'jekyll' : gem;
  const version = findVersion(project, [
    { file: '.ruby-version', expression: /^\s*(?:ruby-)?([\w.-]+)/, rule: 'ruby-version-file' },
    { file: '.tool-versions', expression: /^ruby\s+(\S+)/m, rule: 'tool-versions' },
    { file: 'Gemfile', expression: /^[ \t]*ruby\s*(?:\(\s*)?['"]([^'"]+)['"]/m, rule: 'gemfile-ruby' },
  ]);
  return {
    language: project.answer('ruby', { rule: 'ruby-files', confidence: file === 'Gemfile' ? 'high' : 'medium', file }),
    ...(framework && {
      framework: project.answer(framework, {
        rule: 'ruby-framework-gem',
        file: 'Gemfile',
        at: new RegExp(`gem\\s*\\(?\\s*['"]${gem}['"]`),
      }),
    }),
    ...(version && { version }),
    ...(project.has('Gemfile') && {
      packageManager: project.answer('bundler', { rule: 'ruby-gemfile', file: 'Gemfile' }),
      installCommand: project.answer('bundle install', { rule: 'ruby-gemfile', file: 'Gemfile' }),
    }),
    ...describeFramework(project, framework, gems),
    services: file === 'Gemfile' ? servicesOf(project, gems, file) : [],
  };
}

function describeFramework(project: Project, framework: string | undefined, gems: readonly string[]): Facts {
  switch (framework) {
    case 'rails':
      return describeRails(project, gems);
    case 'jekyll':
      return describeSite(project, framework, findJekyllFolder(project), gems);
    case 'middleman':
      return describeSite(project, framework, 'build', gems);
    default:
      return findStart(project, framework, gems);
  }
}

/** Pages that are made once; where a server is there to serve them, its authors mean it. */
function describeSite(project: Project, generator: string, folder: string, gems: readonly string[]): Facts {
  if (project.has('config.ru')) return findStart(project, generator, gems);
  const answer = { rule: `${generator}-build`, confidence: 'medium', file: 'Gemfile' } as const;
  return {
    buildCommand: project.answer(`bundle exec ${generator} build`, answer),
    staticOutput: project.answer(folder, answer),
  };
}

/** https://jekyllrb.com/docs/configuration/options/ */
function findJekyllFolder(project: Project): string {
  return /^destination:\s*['"]?(?:\.\/)?([\w./-]+?)\/?['"]?\s*$/m.exec(project.text('_config.yml') ?? '')?.[1] ?? '_site';
}

function describeRails(project: Project, gems: readonly string[]): Facts {
  const file = project.has('config/application.rb') ? 'config/application.rb' : 'Gemfile';
  const health = project.text('config/routes.rb')?.includes('rails/health#show');
  const migration = project.paths.find((path) => path.startsWith('db/migrate/') || path === 'db/schema.rb');
  const hasAssets =
    gems.some((name) => /^(?:sprockets(?:-rails)?|propshaft|webpacker|shakapacker|vite_rails)$/.test(name)) || bringsSprockets(project);
  const tasks = `bundle exec ${runsTasks(project) ? 'rails' : 'rake'}`;
  return {
    // Rails does not begin without a key, whatever it does then; nothing of it is left in a build, which has no secrets.
    ...(file !== 'Gemfile' && {
      startCommand: project.answer('bundle exec rails server -b 0.0.0.0 -p ${PORT:-3000}', { rule: 'rails-server', file }),
      port: project.answer(3000, { rule: 'rails-port', confidence: 'medium', file }),
    }),
    ...(hasAssets && {
      buildCommand: project.answer(`SECRET_KEY_BASE=\${SECRET_KEY_BASE:-none} ${tasks} assets:precompile`, {
        rule: 'rails-assets',
        file: 'Gemfile',
      }),
    }),
    ...(migration && {
      releaseCommand: project.answer(`${tasks} db:migrate`, { rule: 'rails-migrations', confidence: 'medium', file: migration }),
    }),
    ...(health && { healthPath: project.answer('/up', { rule: 'rails-health', file: 'config/routes.rb', at: 'rails/health#show' }) }),
  };
}

/** Before Rails 5, tasks are of `rake` alone (https://guides.rubyonrails.org/5_0_release_notes.html). */
function runsTasks(project: Project): boolean {
  const major = findLocked(project, 'rails');
  return major === undefined || major >= 5;
}

/** The major version of a gem that was locked. */
function findLocked(project: Project, gem: string): number | undefined {
  const version = new RegExp(`^ {4}${gem} \\((\\d{1,3})\\.`, 'm').exec(project.text('Gemfile.lock') ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}

/** Rails before 7 comes with Sprockets, unless its parts are required one by one (https://guides.rubyonrails.org/v6.1/asset_pipeline.html). */
function bringsSprockets(project: Project): boolean {
  return (
    /^ {4}sprockets-rails \(/m.test(project.text('Gemfile.lock') ?? '') &&
    /^[ \t]*require ['"](?:rails\/all|sprockets\/railtie)['"]/m.test(project.text('config/application.rb') ?? '') &&
    project.paths.some((path) => path === 'app/assets/config/manifest.js' || path.startsWith('app/assets/javascripts/'))
  );
}

/** Since Rack 3 its command is a gem of its own, which not all have; Puma is one (https://github.com/rack/rackup). */
function lacksRackup(project: Project, gems: readonly string[]): boolean {
  if (!gems.includes('puma') || gems.includes('rackup')) return false;
  return !project.has('Gemfile.lock') || ((findLocked(project, 'rack') ?? 0) >= 3 && findLocked(project, 'rackup') === undefined);
}

function findStart(project: Project, framework: string | undefined, gems: readonly string[]): Pick<Facts, 'startCommand' | 'port'> {
  if (project.has('config.ru')) {
    const port = findPumaPort(project) ?? project.answer(9292, { rule: 'ruby-rackup-port', confidence: 'medium', file: 'config.ru' });
    if (lacksRackup(project, gems))
      return {
        startCommand: project.answer(`bundle exec puma -p \${PORT:-${port.value}}`, {
          rule: 'ruby-puma',
          confidence: 'medium',
          file: 'config.ru',
        }),
        port,
      };
    return {
      startCommand: project.answer(`bundle exec rackup config.ru --host 0.0.0.0 --port \${PORT:-${port.value}}`, {
        rule: 'ruby-rackup',
        confidence: 'medium',
        file: 'config.ru',
      }),
      port,
    };
  }
  const entry = ['app.rb', 'main.rb', 'server.rb'].find((path) => project.has(path));
  if (entry === undefined) return {};
  const command = `${project.has('Gemfile') ? 'bundle exec ' : ''}ruby ${entry}`;
  const port = framework === 'sinatra' ? findSinatraPort(project, entry) : undefined;
  return { startCommand: project.answer(command, { rule: 'ruby-entry-file', confidence: 'medium', file: entry }), ...(port && { port }) };
}

/** `set :port, 8080`, `set :port, ENV['PORT'] || 8080` (https://sinatrarb.com/configuration.html). */
function findSinatraPort(project: Project, file: string): Answer<number> {
  const at = /^[ \t]{0,40}set\b[ (]{0,4}(?::port\s{0,4},|port:)[^\n\d]{0,80}\b(\d{2,5})\b/m;
  const port = at.exec(project.text(file) ?? '')?.[1];
  return port === undefined
    ? project.answer(4567, { rule: 'sinatra-port', confidence: 'medium', file })
    : project.answer(Number(port), { rule: 'sinatra-set-port', confidence: 'medium', file, at });
}

/** `port 3000`, `port ENV['PORT'] || 3000`, `port ENV.fetch('PORT') { 3000 }` (https://puma.io/puma/Puma/DSL.html#port-instance_method). */
function findPumaPort(project: Project): Answer<number> | undefined {
  const file = 'config/puma.rb';
  const at = /^[ \t]*port\b[^\n\d]{0,60}?\b(\d{2,5})\b/m;
  const port = at.exec(project.text(file) ?? '')?.[1];
  return port === undefined ? undefined : project.answer(Number(port), { rule: 'puma-port', file, at });
}
