import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';

const spring =
  '<project><artifactId>a</artifactId><version>1</version><parent><artifactId>spring-boot-starter-parent</artifactId></parent>';
const actuator = `${spring}<dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency></project>`;
const settings = 'src/main/resources/application';

const cases: Readonly<Record<string, { files: Readonly<Record<string, string>>; expected: string | undefined }>> = {
  'a request to others is no route': {
    files: { 'package.json': aPackage({}), 'a.js': 'axios.get("/ping");\nnew Map().get("up");\nawait request.get("/health");\n' },
    expected: undefined,
  },
  'a form field is no route': {
    files: { 'requirements.txt': 'django\n', 'forms.py': 'x = self.cleaned_data.get("up")\n' },
    expected: undefined,
  },
  'a route in a comment is none': {
    files: { 'package.json': aPackage({}), 'a.js': 'const app = express();\n// app.get("/health", f)\napp.get("/ready/ping", f);\n' },
    expected: undefined,
  },
  'a route of the application itself counts beside mounted routers': {
    files: { 'package.json': aPackage({}), 'a.js': 'const app = express();\napp.use("/api", router);\napp.get("/healthz", f);\n' },
    expected: '/healthz',
  },
  'a route of a router that is mounted somewhere is not known': {
    files: {
      'package.json': aPackage({}),
      'app.js': 'const app = express();\napp.use("/api/v2", routes);\n',
      'routes.js': 'router.get("/health", f);\n',
    },
    expected: undefined,
  },
  'a route of a router that is mounted at the top is known': {
    files: {
      'package.json': aPackage({}),
      'app.js': 'const app = express();\napp.use("/static", express.static("x"));\napp.use(routes);\n',
      'routes.js': 'router.get("/health", f);\n',
    },
    expected: '/health',
  },
  'a controller of NestJS is below the global prefix': {
    files: {
      'package.json': aPackage({ dependencies: { '@nestjs/core': '11' } }),
      'src/main.ts': "app.setGlobalPrefix('api');\n",
      'src/health.controller.ts': "@Controller('health')\nexport class HealthController {\n  @Get()\n  check() {}\n}\n",
    },
    expected: '/api/health',
  },
  'a router of FastAPI with a prefix is not known': {
    files: {
      'requirements.txt': 'fastapi\nuvicorn\n',
      'main.py': 'app = FastAPI()\napp.include_router(utils, prefix=settings.API)\n',
      'utils.py': 'router = APIRouter(prefix="/utils")\n\n@router.get("/health-check/")\ndef f(): ...\n',
    },
    expected: undefined,
  },
  'a router that FastAPI includes as it is has no prefix': {
    files: {
      'requirements.txt': 'fastapi\nuvicorn\n',
      'main.py': 'app = FastAPI()\napp.include_router(probes.router)\napp.include_router(shop.router, prefix="/shop")\n',
      'probes.py': 'router = APIRouter()\n\n@router.get("/ping")\ndef f(): ...\n',
    },
    expected: '/ping',
  },
  'routes of Django begin at ROOT_URLCONF': {
    files: {
      'requirements.txt': 'django\n',
      'shop/settings.py': "ROOT_URLCONF = 'shop.urls'\n",
      'shop/urls.py': "urlpatterns = [path('api/', include('api.urls')), re_path(r'^healthz/$', ok)]\n",
      'api/urls.py': "urlpatterns = [path('ping/', ok)]\n",
    },
    expected: '/healthz/',
  },
  'what is included by Django is not known': {
    files: {
      'requirements.txt': 'django\n',
      'shop/settings.py': "ROOT_URLCONF = 'shop.urls'\n",
      'shop/urls.py': "urlpatterns = [path('api/', include('api.urls'))]\n",
      'api/urls.py': "urlpatterns = [path('ping/', ok)]\n",
    },
    expected: undefined,
  },
  'a group of Gin has another path': {
    files: {
      'go.mod': 'module x\n',
      'main.go':
        'package main\n\nfunc main() {\n\tr := gin.Default()\n\tv1 := r.Group("/v1")\n\tv1.GET("/ping", f)\n\tr.GET("/health", f)\n}\n',
    },
    expected: '/health',
  },
  'a block of chi has its prefix': {
    files: {
      'go.mod': 'module x\n',
      'main.go':
        'package main\n\nfunc main() {\n\tr := chi.NewRouter()\n\tr.Route("/internal", func(r chi.Router) {\n\t\tr.Get("/health", f)\n\t})\n}\n',
    },
    expected: '/internal/health',
  },
  'a pattern of Go with its method': {
    files: { 'go.mod': 'module x\n', 'main.go': 'package main\n\nfunc main() {\n\tmux.HandleFunc("GET /healthz", f)\n}\n' },
    expected: '/healthz',
  },
  'a scope of Phoenix has its prefix': {
    files: {
      'mix.exs': 'def project, do: [app: :shop]\n',
      'lib/shop_web/router.ex':
        'defmodule ShopWeb.Router do\n  use ShopWeb, :router\n\n  scope "/public", ShopWeb do\n    pipe_through :api\n\n    get "/health", HealthController, :index\n  end\nend\n',
    },
    expected: '/public/health',
  },
  'a namespace of Rails has its prefix': {
    files: {
      Gemfile: "gem 'rails'\n",
      'config/routes.rb': 'Rails.application.routes.draw do\n  namespace :admin do\n    get "ping" => "x#y"\n  end\nend\n',
    },
    expected: '/admin/ping',
  },
  'routes/api.php of Laravel has its prefix': {
    files: {
      'composer.json': '{"require":{"laravel/framework":"12"}}',
      'routes/api.php': "<?php\nRoute::get('ping', fn () => 'ok');\n",
    },
    expected: '/api/ping',
  },
  'ASP.NET answers in development alone': {
    files: {
      'Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
      'Extensions.cs':
        'public static WebApplication Map(this WebApplication app)\n{\n    if (app.Environment.IsDevelopment())\n    {\n        // All of them.\n        app.MapHealthChecks("/health");\n    }\n    return app;\n}\n',
    },
    expected: undefined,
  },
  'ASP.NET answers in production': {
    files: {
      'Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
      'Program.cs':
        'var app = builder.Build();\nif (!app.Environment.IsDevelopment())\n{\n    app.UseHsts();\n    app.MapHealthChecks("/hc");\n}\napp.MapGroup("/api").MapGet("/ping", f);\n',
    },
    expected: '/hc',
  },
  'a route of Actix beside a scope': {
    files: {
      'Cargo.toml': '[package]\nname = "x"\n',
      'src/main.rs':
        'fn main() {\n    App::new()\n        .service(\n            web::scope("/admin")\n                .route("/dashboard", web::get().to(f)),\n        )\n        .route("/health_check", web::get().to(f))\n}\n',
    },
    expected: '/health_check',
  },
  'a route of Actix in scopes of its line': {
    files: {
      'Cargo.toml': '[package]\nname = "x"\n',
      'src/main.rs':
        'fn main() {\n    HttpServer::new(|| App::new().service(web::scope("/api").service(web::scope("/v1").route("/health", web::get().to(f)))))\n}\n',
    },
    expected: '/api/v1/health',
  },
  'a route of Actix in the second scope of its line': {
    files: {
      'Cargo.toml': '[package]\nname = "x"\n',
      'src/main.rs':
        'fn main() {\n    HttpServer::new(|| App::new().service(web::scope("/api").service(web::scope("/old"), web::scope("/new").route("/health", web::get().to(f)))))\n}\n',
    },
    expected: '/api/new/health',
  },
  'a route of Actix behind a scope of its line': {
    files: {
      'Cargo.toml': '[package]\nname = "x"\n',
      'src/main.rs':
        'fn main() {\n    HttpServer::new(|| App::new().service(web::scope("/api").service(users)).route("/health", web::get().to(f)))\n}\n',
    },
    expected: '/health',
  },
  "Spring's actuator below its settings": {
    files: { 'pom.xml': actuator, [`${settings}.properties`]: 'server.servlet.context-path=/petclinic/\n' },
    expected: '/petclinic/actuator/health',
  },
  "Spring's actuator at another path": {
    files: {
      'pom.xml': actuator,
      [`${settings}.yml`]: '# a\n---\nserver:\n  port: 80\n---\nmanagement:\n  endpoints:\n    web:\n      base-path: /management\n',
    },
    expected: '/management/health',
  },
  "Spring's actuator on a port of its own": {
    files: { 'pom.xml': actuator, [`${settings}.properties`]: 'management.server.port=9001\n' },
    expected: undefined,
  },
  'a controller of Spring below its class': {
    files: {
      'pom.xml': `${spring}</project>`,
      'src/main/java/A.java':
        '@RestController\n@RequestMapping("/api")\npublic class A {\n  @GetMapping("/health")\n  String f() { return ""; }\n}\n',
    },
    expected: '/api/health',
  },
  'a route of Remix with markup': {
    files: { 'package.json': aPackage({}), 'app/routes/resources/healthcheck.tsx': '' },
    expected: '/resources/healthcheck',
  },
  'a route of a program beside the application': {
    files: {
      'package.json': aPackage({ dependencies: { express: '5' } }),
      'scripts/fake.js': 'const app = express();\napp.get("/health", f);\n',
      'deploy-recipes/run/index.js': 'const app = express();\napp.get("/healthz", f);\n',
    },
    expected: undefined,
  },
  'a path for machines': {
    files: { 'package.json': aPackage({}), 'a.js': 'const app = express();\napp.get("/__lbheartbeat__", f);\n' },
    expected: '/__lbheartbeat__',
  },
  'a status that is said to be of health': {
    files: { 'package.json': aPackage({}), 'a.js': 'const app = express();\n// For health checks.\napp.get("/status", f);\n' },
    expected: '/status',
  },
  'a status of something': {
    files: { 'package.json': aPackage({}), 'a.js': 'const app = express();\napp.get("/status", listOrders);\n' },
    expected: undefined,
  },
  'several methods of Gin': {
    files: {
      'go.mod': 'module x\n',
      'a.go': 'package x\n\nfunc f() {\n\tg := gin.New()\n\tg.Match([]string{"GET", "HEAD"}, "/health", f)\n}\n',
    },
    expected: '/health',
  },
  'a named route of Pyramid': {
    files: { 'requirements.txt': 'pyramid\n', 'routes.py': 'def includeme(config):\n    config.add_route("health", "/_health/")\n' },
    expected: '/_health/',
  },
  'a route of Falcon beside what has a prefix': {
    files: { 'requirements.txt': 'falcon\n', 'api.py': 'api = falcon.App()\nx = f(prefix="a")\napi.add_route("/api/v1/health", H())\n' },
    expected: '/api/v1/health',
  },
  'an expression of Django that may end with a slash': {
    files: {
      'requirements.txt': 'django\n',
      'shop/settings.py': "ROOT_URLCONF = 'shop.urls'\n",
      'shop/urls.py': 'urlpatterns = [re_path(r"^_health/?", ok)]\n',
    },
    expected: '/_health/',
  },
  'a controller of Spring that names the method first': {
    files: {
      'pom.xml': `${spring}</project>`,
      'A.java': 'class A {\n  @RequestMapping(method = RequestMethod.GET, path = "/health")\n  void f() {}\n}\n',
    },
    expected: '/health',
  },
  'a path of ASP.NET that begins at the top': {
    files: {
      'Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
      'A.cs': '[Route("x")]\nclass A\n{\n    [HttpGet("~/api/v1/health")]\n    void F() {}\n}\n',
    },
    expected: '/api/v1/health',
  },
  'a blueprint of Flask whose prefix is the path': {
    files: {
      'requirements.txt': 'flask\n',
      'shop/up/views.py': 'up = Blueprint("up", __name__, url_prefix="/up")\n\n\n@up.get("/")\ndef f(): ...\n',
      'shop/app.py': 'from shop.up.views import up\napp = Flask(__name__)\napp.register_blueprint(up)\n',
    },
    expected: '/up/',
  },
  'a router that is included by another name': {
    files: {
      'requirements.txt': 'fastapi\n',
      'shop/app.py':
        'from shop.probes import router as probes_router\napp = FastAPI()\napp.include_router(probes_router)\napp.include_router(x, prefix="/x")\n',
      'shop/probes.py': 'router = APIRouter()\n\n@router.get("/healthz")\ndef f(): ...\n',
    },
    expected: '/healthz',
  },
  "Quarkus' own": {
    files: {
      'pom.xml':
        '<project><artifactId>io.quarkus</artifactId><dependency><artifactId>quarkus-smallrye-health</artifactId></dependency></project>',
    },
    expected: '/q/health',
  },
  'a folder routes is no path without a framework that reads it': {
    files: { 'package.json': aPackage({ dependencies: { express: '5' } }), 'routes/health.js': '' },
    expected: undefined,
  },
};

for (const [name, { files, expected }] of Object.entries(cases)) {
  test(name, async () => {
    assert.equal((await analyzeTree(aTree(files))).healthPath?.value, expected);
  });
}
