import test from 'node:test';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  'Gin with a program in cmd': {
    files: {
      'go.mod':
        'module x\n\ngo 1.24.1\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n\tgithub.com/labstack/echo/v4 v4.0.0 // indirect\n)\n',
      'cmd/api/main.go': 'package main\n\nfunc main() {\n\tr.Run(":9000")\n}\n',
      'engine.go': 'package x\n',
    },
    expected: {
      language: 'go',
      framework: 'gin',
      version: '1.24.1',
      installCommand: 'go mod download',
      buildCommand: 'go build -o app ./cmd/api',
      startCommand: './app',
      port: 9000,
    },
  },
  'a program in Go whose folder is called as programs are': {
    files: {
      'go.mod': 'module x\n\ngo 1.24\n',
      'app/main.go': 'package main\n\nfunc main() {}\n',
      'app-1': 'a file, which Go does not overwrite\n',
    },
    expected: { buildCommand: 'go build -o app-2 ./app', startCommand: './app-2' },
  },
  'a program in Go that its Procfile starts by a script of its name': {
    files: {
      'go.mod': 'module example.com/shop\n\ngo 1.24\n',
      'main.go': 'package main\n\nfunc main() {}\n',
      Procfile: 'web: bin/shop\n',
      'bin/shop': '#!/bin/sh\nexec ./app\n',
    },
    expected: { buildCommand: 'go build -o app .', startCommand: 'bin/shop' },
  },
  'a program in Go without modules': {
    files: { 'main.go': 'package main\n\nfunc main() {}\n' },
    expected: { buildCommand: 'GO111MODULE=off go build -o app .', startCommand: './app', installCommand: undefined },
  },
  'Go whose files are only named like a framework': {
    files: {
      'go.mod': 'module x\n\ngo 1.24\n',
      'engine/gin/chi.go': 'package gin\n',
      'main.go': 'package main\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n',
    },
    expected: { framework: undefined, buildCommand: 'go build -o app .', port: 8080 },
  },
  'a port in Go with all of its digits, when the variable is not set': {
    files: {
      'go.mod': 'module x\n\ngo 1.24\n',
      'main.go':
        'package main\n\nfunc main() {\n\tport := os.Getenv("PORT")\n\tif port == "" {\n\t\tport = "3000"\n\t}\n\thttp.ListenAndServe(":"+port, nil)\n}\n',
    },
    expected: { port: 3000 },
  },
  'a port in Go that is given to a function with the name of the variable': {
    files: {
      'go.mod': 'module x\n\ngo 1.24\n',
      'internal/cache.go': 'package internal\n\nvar c = redis.NewClient(&redis.Options{Addr: "localhost:6379"})\n',
      'main.go': 'package main\n\nfunc main() { serve(getEnv("PORT", "5000")) }\n',
    },
    expected: { port: 5000 },
  },
  'a port in Go of another server than its own': {
    files: {
      'go.mod': 'module x\n\ngo 1.24\n',
      'internal/proxy.go': 'package internal\n\nfunc f() { port = "8080" }\n',
      'main.go': 'package main\n\nfunc main() { e.Start("127.0.0.1:1323") }\n',
    },
    expected: { port: 1323 },
  },
  'a port in Go of what is started, not of others beside it': {
    files: {
      'go.mod': 'module x\n\ngo 1.24\n',
      'cmd/api/main.go': 'package main\n\nimport "x/http"\n\nfunc main() { http.Serve() }\n',
      'demo/go.mod': 'module demo\n',
      'demo/main.go': 'package main\n\nfunc main() { serve(getEnv("PORT", "7777")) }\n',
      'other/web/main.go': 'package main\n\nfunc main() { e.Start(":1323") }\n',
      'scripts/wait.go': 'package scripts\n\nfunc f() { http.ListenAndServe(":1111", nil) }\n',
      'http/server.go':
        'package http\n\nfunc ListenAndServeTLSRedirect() {\n\thttp.ListenAndServe(":80", nil)\n}\n\nfunc f() {\n\tmetrics := &http.Server{\n\t\tAddr: ":9090",\n\t}\n}\n\nfunc Serve() {\n\thttp.ListenAndServe(":8088", nil)\n}\n',
    },
    expected: { port: 8088 },
  },
  'a port in Go that an option has by default': {
    files: {
      'go.mod': 'module x\n',
      'main.go': 'package main\n\nvar listen = flag.String("listen", ":5678", "where")\n\nfunc main() { other(":1234") }\n',
    },
    expected: { port: 5678 },
  },
  'a port in Go that is a constant': {
    files: {
      'go.mod': 'module x\n',
      'main.go': 'package main\n\nconst addr = ":4001"\n\nfunc main() { http.ListenAndServe(addr, nil) }\n',
    },
    expected: { port: 4001 },
  },
  'Go whose Procfile names the program as its module': {
    files: {
      'go.mod': 'module example.com/shop/v2\n\ngo 1.24\n',
      'main.go': 'package main\n\nfunc main() {}\n',
      Procfile: 'web: shop --quiet\n',
    },
    expected: { buildCommand: 'go build -o bin/shop .', startCommand: 'shop --quiet' },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
