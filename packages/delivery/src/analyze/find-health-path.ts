import type { Answer } from './answer.ts';
import { countLines, type Project } from './project.ts';

const words = 'healthz?|health-?check|livez|readyz|liveness|readiness|up|ping|heartbeat';

/** Where code says that it answers at a path: `app.get('/health'`, `@app.route("/healthz")`, `path('health/'`, `http.HandleFunc("/ping"`. */
const route = new RegExp(
  `(?:\\b(?:get|all|route|use|path|re_path|url|handle|handlefunc|any|map|mapget|maphealthchecks|getmapping|requestmapping|match)\\s{0,5}\\(?\\s{0,20}|\\burl:\\s{0,5})['"\`](/?(?:api/|v1/|api/v1/|_)?(?:${words})/?)['"\`]`,
  'gi',
);

/** Files that are a path by where they lie, in Next, Nuxt, SvelteKit, Astro and Remix. */
const file = new RegExp(
  `^(?:src/)?(?:app|pages|routes|server/api|server/routes)/((?:api/)?(?:${words}))(?:/(?:route|index|\\+server))?(?:\\.get)?\\.[cm]?[jt]s$`,
  'i',
);

/** Where the application itself says whether it is well. */
export function findHealthPath(project: Project): Answer<string> | undefined {
  for (const { path, text } of project.sources) {
    const match = text.matchAll(route).next().value;
    if (match === undefined) continue;
    const value = match[1]!.startsWith('/') ? match[1]! : `/${match[1]!}`;
    return { ...project.answer(value, { rule: 'health-route', confidence: 'medium', file: path }), line: countLines(text, match.index) };
  }
  for (const path of project.paths) {
    const found = file.exec(path)?.[1];
    if (found !== undefined)
      return project.answer(`/${path.includes('server/api/') ? 'api/' : ''}${found}`, {
        rule: 'health-file',
        confidence: 'medium',
        file: path,
      });
  }
  return undefined;
}
