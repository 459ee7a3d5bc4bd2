/** Read from the names of the examples and, where a name says nothing, their manifests, by hand. The analyzer's answers were known by then. */

/** What the names of examples begin with. */
const languageByPrefix: readonly (readonly [prefix: RegExp, language: string])[] = [
  [/^(?:bun|config-file|expo|mise-config|node|npm|pnpm|tanstack)/, 'node'],
  [/^python-/, 'python'],
  [/^ruby-/, 'ruby'],
  [/^rust-/, 'rust'],
  [/^go-/, 'go'],
  [/^java-/, 'java'],
  [/^php-/, 'php'],
  [/^elixir-/, 'elixir'],
  [/^dotnet-/, 'dotnet'],
  [/^deno-/, 'deno'],
  [/^(?:shell-|dockerignore$)/, 'shell'],
  [/^staticfile-/, 'static'],
  [/^cpp-/, 'cpp'],
  [/^gleam/, 'gleam'],
  [/^haskell-/, 'haskell'],
];

export function findLanguageByName(name: string): string | undefined {
  return languageByPrefix.find(([prefix]) => prefix.test(name))?.[1];
}

/** The labels of Nixpacks that are called otherwise here. */
const languageByLabel: Readonly<Record<string, string>> = { 'c#': 'dotnet', 'f#': 'dotnet', staticfile: 'static' };

export function toLanguage(label: string): string {
  return languageByLabel[label] ?? label;
}

/** The first that fits counts. A router that is used as a library, as in `node-react-router-v7-spa`, is no framework; `node-spa-staticfile` is built by Astro. */
const frameworkByName: readonly (readonly [name: RegExp, framework: string])[] = [
  [/^node-react-router-v7-spa$/, 'vite'],
  [/^node-(?:vite-)?react-router/, 'react-router'],
  [/^node-vite-sveltekit$|^node-svelte-kit$/, 'sveltekit'],
  [/^node-vite-/, 'vite'],
  [/^node-angular$/, 'angular'],
  [/^node-(?:astro|spa-staticfile)/, 'astro'],
  [/^node-cra$/, 'create-react-app'],
  [/^node-(?:nx-)?next(?:-|$)/, 'nextjs'],
  [/^node-nuxt$/, 'nuxt'],
  [/^node-remix$/, 'remix'],
  [/tanstack/, 'tanstack-start'],
  [/^expo-/, 'expo'],
  [/^php-laravel/, 'laravel'],
  [/^python-django/, 'django'],
  [/^python-fastapi$/, 'fastapi'],
  [/^python-fasthtml$/, 'fasthtml'],
  [/^python-flask$/, 'flask'],
  [/^ruby-rails/, 'rails'],
  [/^ruby-sinatra$/, 'sinatra'],
  [/^rust-rocket$/, 'rocket'],
  [/^elixir-ph/, 'phoenix'],
  [/^(?:dotnet|csharp|fsharp)-api$/, 'aspnetcore'],
  [/^go-gin$/, 'gin'],
  [/^java-spring-boot/, 'spring-boot'],
  [/^deno-fresh$/, 'fresh'],
  [/^swift-vapor$/, 'vapor'],
  [/^clojure-luminus$/, 'luminus'],
];

export function findFrameworkByName(name: string): string | undefined {
  return frameworkByName.find(([expression]) => expression.test(name))?.[1];
}
