/** What paths are called where somebody asks how the application is. */
export const healthWords = '(?:healthz?|health[-_]?check(?:s|er)?|livez|readyz|liveness|readiness|up|ping|(?:lb)?heartbeat)';
const prefixes = '(?:api/|v1/|api/v1/)?_{0,2}';
/** `status` may be anything's. */
const place = `${prefixes}(?:${healthWords}|status)(?:__)?/?`;
const quote = '[\'"`]';

export const isHealthPath = new RegExp(`^/${prefixes}${healthWords}(?:__)?/?$`, 'i');

/** How code of a language says that it answers at a path. */
export interface RouteKind {
  readonly files: RegExp;
  /** Its group `path` is the path, `absolute` one that begins at the top; `object`, where there is one, is what the route is added to. */
  readonly routes: RegExp;
  /** What shows that an object is the application, rather than a router that is mounted somewhere. */
  readonly applications?: (object: string) => string;
  /** What begins a block in which routes are the application's. */
  readonly head?: RegExp;
  /** What gives the beginning of its path, `scope`, to what follows it in a line. */
  readonly scopes?: RegExp;
  /** Other objects that routes are added to. */
  readonly routers?: RegExp;
  /** Where routers are given a prefix: which one a route has is not known then. */
  readonly mounts: RegExp;
}

export const routeKinds: readonly RouteKind[] = [
  {
    files: /\.[cm]?[jt]sx?$/,
    routes: new RegExp(
      `\\.(?<=(?<object>[\\w$]{1,40}|\\))\\s{0,40}\\.)(?:get|all|use|route|head)\\(\\s{0,20}${quote}(?<path>/${place})${quote}|\\.route\\(\\s{0,5}\\{[^{}]{0,200}?\\b(?:url|path):\\s{0,5}${quote}(?<path2>/${place})${quote}`,
      'gi',
    ),
    applications: (object) =>
      `${assigned(object)}(?:await\\s+)?(?:new\\s+)?(?:\\w{1,30}\\.)?(?:express|fastify|Hono|OpenAPIHono|Elysia|Koa|polka|restana|createServer|server|App|Application|create)\\b|\\b${object}: (?:\\w{1,30}\\.)?(?:Express|Application)\\b`,
    routers: /(?:app|router|server|fastify|instance|hono|routes?)$/i,
    mounts:
      /\.(?:use|register|route|mount)\(\s{0,20}['"`]\/(?![^'"`\n]{0,80}['"`],\s{0,9}(?:\w{1,20}\.)?(?:static|serve))[\w:]|\bprefix:\s{0,5}|\.basePath\(|\bsetGlobalPrefix\(/,
  },
  {
    files: /\.py$/,
    routes: new RegExp(
      `@(?<object>[\\w.]{1,40})\\.(?:get|route|api_route|head)\\(\\s{0,20}${quote}(?<path>/${place})${quote}|\\b(?:(?<object2>\\w{1,40})\\.)?(?:web\\.get|add_get|add_url_rule|add_api_route|add_route|Route)\\(\\s{0,20}(?:['"]\\w{1,60}['"],\\s{0,20})?r?${quote}(?<path2>/${place})${quote}`,
      'gi',
    ),
    applications: (object) => {
      const types =
        '(?:\\w{1,30}\\.)?(?:FastAPI|Flask|Sanic|Quart|Starlette|Litestar|Bottle|FastHTML|APIFlask|OpenAPI|falcon\\.(?:App|API|asgi\\.App))\\b';
      return `${assigned(object)}${types}|\\b${object}: ${types}`;
    },
    mounts: /\b(?:url_)?prefix\s{0,5}=(?!=)|\bmount\(\s{0,9}['"]\/\w/,
  },
  {
    files: /(?:^|\/)urls(?:\/\w{1,40})?\.py$/,
    routes: new RegExp(`\\b(?:path|re_path|url)\\(\\s{0,20}r?${quote}\\^?(?<path>${place})\\??\\$?${quote}`, 'gi'),
    mounts: /\b(?:path|re_path|url)\(\s{0,20}r?['"]\^?[\w-][^'"\n]{0,80}['"],\s{0,20}include\(/,
  },
  {
    files: /\.go$/,
    routes: new RegExp(
      `\\.(?<=(?<object>[\\w.]{1,40})\\.)(?:GET|Get|HEAD|Any|All|Match|Handle|HandleFunc|Path)\\(\\s{0,20}(?:\\[\\]string\\{[^{}]{0,80}\\},\\s{0,9})?"(?:GET )?(?<path>/${place})"`,
      'g',
    ),
    applications: (object) =>
      `${assigned(object)}(?:gin\\.(?:Default|New)|echo\\.New|fiber\\.New|chi\\.New(?:Router|Mux)|mux\\.NewRouter|http\\.NewServeMux|httprouter\\.New|iris\\.(?:New|Default))\\(|\\b${object} \\*(?:gin\\.Engine|echo\\.Echo|fiber\\.App|http\\.ServeMux)\\b|${assigned(object)}[\\w.]{1,40}\\.Group\\("/?"[,)]`,
    routers: /(?:^|\.)(?:[regms]|http|app|\w{0,20}(?:router|mux|engine|server|srv))$/i,
    mounts: /\.(?:Group|Route|Mount|PathPrefix|StripPrefix)\(\s{0,9}"\/\w/,
  },
  {
    files: /\.(?:java|kt)$/,
    routes: new RegExp(`(?:\\b(?:app|Spark)\\.|^[ \\t]{0,40})get\\(\\s{0,20}"(?<path>/${place})",`, 'gm'),
    mounts: /\bpath\(\s{0,9}"\/?\w/,
  },
  {
    files: /\.kt$/,
    routes: new RegExp(`(?:^|[\\s;{])get\\(\\s{0,20}"(?<path>/${place})"\\)\\s{0,9}\\{`, 'g'),
    mounts: /\broute\(\s{0,9}"\/?\w/,
  },
  {
    files: /\.(?:rb|ru)$/,
    routes: new RegExp(`^[ \\t]{0,40}(?:get|match)[ (]{1,3}['"](?<path>/?${place})['"]`, 'gm'),
    mounts: /^[ \t]{0,40}(?:map|mount)\b[^\n]{0,80}['"]\/\w/m,
  },
  {
    files: /\.php$/,
    routes: new RegExp(
      `(?:\\bRoute::(?:get|any|view)|\\$(?:app|router|r|routes|group)->(?:get|any|map|add))\\(\\s{0,20}(?:\\[[^\\]]{0,60}\\],\\s{0,9})?['"](?<path>/?${place})['"]|#\\[Route\\(\\s{0,9}(?:path:\\s{0,5})?['"](?<path2>/${place})['"]`,
      'gi',
    ),
    mounts: /->(?:group|prefix)\(\s{0,9}['"]\/?\w|\bRoute::prefix\(|^#\[Route\(/m,
  },
  {
    files: /\.(?:cs|fs)$/,
    routes: new RegExp(
      `\\.(?<=(?<object>\\w{1,40})\\s{0,40}\\.)(?:(?:Map|Use)HealthChecks\\(\\s{0,20}"(?<path>/?[\\w/-]{1,60})"|MapGet\\(\\s{0,20}"(?<path2>/?${place})")|\\[HttpGet\\(\\s{0,9}"~(?<absolute>/${place})"`,
      'g',
    ),
    applications: (object) => `${assigned(object)}\\w{1,40}\\.Build\\(|\\b(?:WebApplication|IApplicationBuilder) ${object}\\b`,
    routers: /(?:app|endpoints|application|builder)$/i,
    mounts: /\bMapGroup\(\s{0,9}"\/?\w/,
  },
  {
    files: /\.rs$/,
    routes: new RegExp(`(?:\\.(?:route|at)\\(\\s{0,20}|\\bresource\\(\\s{0,9}|#\\[get\\()"(?<path>/${place})"`, 'g'),
    head: /\bApp::new\(\)|\blet\s+(?:mut\s+)?app\b/,
    scopes: /\bscope\(\s{0,9}"(?<scope>[\w./-]{0,60})"\)/g,
    mounts: /(?:\.nest\(|\bscope\(|\.mount\(|\bnest_service\()\s{0,20}"\/\w/,
  },
  {
    files: /\.exs?$/,
    routes: new RegExp(`^[ \\t]{0,40}(?:get|match|forward)[ (]{1,3}"(?<path>/${place})"`, 'gm'),
    mounts: /^[ \t]{0,40}forward[ (]{1,3}"\/(?!health|ping|up\b)\w/m,
  },
];

function assigned(object: string): string {
  return `(?<![\\w.])${object}\\s{0,5}(?::[^=\\n]{0,80})?:?=\\s{0,9}`;
}
