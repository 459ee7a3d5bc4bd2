import type { Answer } from './answer.ts';
import { healthWords } from './health-routes.ts';
import type { Project } from './project.ts';

/** Files that are a path by where they lie. */
const files: readonly (readonly [expression: RegExp, prefix: string])[] = [
  // Next: https://nextjs.org/docs/app/api-reference/file-conventions/route, https://nextjs.org/docs/pages/building-your-application/routing/api-routes; Astro.
  [new RegExp(`^(?:src/)?app/((?:api/)?${healthWords})/route\\.[jt]sx?$`, 'i'), ''],
  [new RegExp(`^(?:src/)?pages/((?:api/)?${healthWords})(?:/index)?\\.[cm]?[jt]sx?$`, 'i'), ''],
  // React Router and Remix: https://reactrouter.com/how-to/file-route-conventions.
  [new RegExp(`^app/routes/((?:(?:api|resources)[./])?_?${healthWords})(?:/(?:route|index))?\\.[cm]?[jt]sx?$`, 'i'), ''],
  // SvelteKit: https://svelte.dev/docs/kit/routing#server.
  [new RegExp(`^src/routes/((?:api/)?${healthWords})/\\+server\\.[jt]s$`, 'i'), ''],
  // Nuxt: https://nuxt.com/docs/guide/directory-structure/server.
  [new RegExp(`^server/api/(${healthWords})(?:/index)?(?:\\.get)?\\.[cm]?[jt]s$`, 'i'), '/api'],
  [new RegExp(`^server/routes/((?:api/)?${healthWords})(?:/index)?(?:\\.get)?\\.[cm]?[jt]s$`, 'i'), ''],
];

/** Where all of them lie: most files of a large repository do not. */
const routes = /^(?:src\/)?(?:app|pages|routes|server)\//;

/** In others a folder `routes` is no more than a name. */
const routesFolder = new RegExp(`^(?:src/)?routes/((?:api/)?${healthWords})(?:/index)?(?:\\.get)?\\.[cm]?[jt]sx?$`, 'i');
const routesByFolder = /"(?:@solidjs\/start|nitro|nitropack|fresh|@fresh\/core|\$fresh\/)"/;

export function findHealthFile(project: Project): Answer<string> | undefined {
  const manifests = ['package.json', 'deno.json', 'deno.jsonc'].map((path) => project.text(path) ?? '').join('\n');
  const kinds = routesByFolder.test(manifests) ? [...files, [routesFolder, ''] as const] : files;
  for (const path of project.paths) {
    if (!routes.test(path)) continue;
    for (const [expression, prefix] of kinds) {
      const found = expression.exec(path)?.[1];
      if (found === undefined) continue;
      return project.answer(`${prefix}/${found.replace('.', '/')}`, { rule: 'health-file', confidence: 'medium', file: path });
    }
  }
  return undefined;
}
