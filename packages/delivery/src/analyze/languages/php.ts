import type { Detection } from '../analysis.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import { servicesOf } from '../services-of.ts';

const frameworks: readonly (readonly [id: string, library: string])[] = [
  ['laravel', 'laravel/framework'],
  ['symfony', 'symfony/framework-bundle'],
  ['lumen', 'laravel/lumen-framework'],
  ['slim', 'slim/slim'],
  ['codeigniter', 'codeigniter4/framework'],
  ['cakephp', 'cakephp/cakephp'],
];

/** Applications in PHP. How they are started is up to the server of the image; the command is PHP's own server, which is for development. */
export function detectPhp(project: Project): Detection | undefined {
  const file = ['composer.json', 'index.php', 'public/index.php'].find((path) => project.has(path));
  if (file === undefined) return undefined;
  const required = findTable(project.parse('composer.json'), 'require') ?? {};
  const libraries = Object.keys(required);
  const framework = frameworks.find(([, library]) => libraries.includes(library));
  const isLaravel = framework?.[0] === 'laravel' && project.has('artisan');
  const page = ['public/index.php', 'web/index.php', 'index.php'].find((path) => project.has(path));
  const version = required['php'];
  const hasComposer = project.has('composer.json');
  if (page !== undefined)
    project.note(page, 'The server that PHP brings is for development: serve it by FrankenPHP, or by a web server with PHP-FPM.');
  return {
    language: project.answer('php', { rule: 'php-files', file }),
    ...(framework && { framework: project.answer(framework[0], { rule: 'php-framework-library', file, at: `"${framework[1]}"` }) }),
    ...(typeof version === 'string' && version !== '' && { version: project.answer(version, { rule: 'composer-php', file, at: '"php"' }) }),
    ...(hasComposer && {
      packageManager: project.answer('composer', { rule: 'php-composer', file }),
      installCommand: project.answer('composer install --no-dev --optimize-autoloader --no-interaction', { rule: 'php-composer', file }),
    }),
    ...(page !== undefined && {
      startCommand: project.answer(`php -S 0.0.0.0:\${PORT:-8000}${page === 'index.php' ? '' : ` -t ${page.split('/')[0]!}`}`, {
        rule: 'php-built-in-server',
        // The first answer for a framework, and a last resort for a page that may belong to anything.
        confidence: framework ? 'medium' : 'low',
        file: page,
      }),
      port: project.answer(8000, { rule: 'php-built-in-server', confidence: 'low', file: page }),
    }),
    ...(isLaravel && {
      releaseCommand: project.answer('php artisan migrate --force', { rule: 'laravel-migrate', confidence: 'medium', file: 'artisan' }),
    }),
    ...(isLaravel &&
      (project.text('bootstrap/app.php') ?? '').includes("health: '/up'") && {
        healthPath: project.answer('/up', { rule: 'laravel-health', file: 'bootstrap/app.php', at: "health: '/up'" }),
      }),
    services: hasComposer ? servicesOf(project, libraries, file) : [],
  };
}
