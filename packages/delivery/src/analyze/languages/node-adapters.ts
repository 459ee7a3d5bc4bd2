import type { Project } from '../project.ts';
import { cleanFolder, findSettings } from './node-settings.ts';

/** How the server is started that the build of a framework leaves behind, or what the application lacks to get one for Node. */
export type BuiltServer = ({ readonly start: string } | { readonly lack: string }) & {
  readonly build?: string;
  /** What the build needs to be told by variables. */
  readonly buildVariables?: string;
};

/**
 * https://svelte.dev/docs/kit/adapter-node; `adapter-auto` takes that one on platforms that run servers for Node, of which it knows Google's by a
 * variable (https://svelte.dev/docs/kit/adapter-auto).
 */
export function findSvelteServer(project: Project, libraries: readonly string[]): BuiltServer {
  const adapter = '@sveltejs/adapter-node';
  const adapters = listSvelteAdapters(project, libraries);
  if (adapters.length === 1 && adapters[0] === '@sveltejs/adapter-auto') return { start: 'node build', buildVariables: 'GCP_BUILDPACKS=1' };
  if (!adapters.includes(adapter))
    return { lack: `SvelteKit leaves a server for Node behind with ${adapter} only: add it to package.json and to svelte.config.js.` };
  const folder = /\bout\s{0,9}:\s{0,9}['"`]([\w./-]+)['"`]/.exec(findSettings(project, 'svelte')?.text ?? '')?.[1] ?? 'build';
  return { start: `node ${cleanFolder(folder)}` };
}

/** Those that the settings name, else those among the dependencies. */
export function listSvelteAdapters(project: Project, libraries: readonly string[]): string[] {
  const text = findSettings(project, 'svelte')?.text ?? '';
  const named = [...text.matchAll(/['"`]((?:@[\w.-]{1,80}\/)?[\w.-]{0,80}adapter-[\w.-]{1,80})['"`]/g)].map(([, name]) => name!);
  return (named.length > 0 ? named : libraries).filter((name) => libraries.includes(name));
}

/** https://docs.astro.build/en/guides/integrations-guide/node/ */
export function findAstroServer(project: Project, libraries: readonly string[]): BuiltServer {
  const adapter = '@astrojs/node';
  const text = findSettings(project, 'astro')?.text ?? '';
  const isOther = !text.includes(adapter) && /@astrojs\/(?:cloudflare|netlify|vercel)\b/.test(text);
  if (!libraries.includes(adapter) || isOther || /\bmode\s{0,9}:\s{0,9}['"`]middleware['"`]/.test(text))
    return {
      lack: `Astro leaves a server for Node behind with ${adapter} in the mode "standalone" only: add it to package.json and to the settings.`,
    };
  return { start: `node ./${findAstroFolder(text)}/server/entry.mjs` };
}

export function findAstroFolder(settings: string): string {
  return cleanFolder(/\boutDir\s{0,9}:\s{0,9}['"`]([\w./-]+)['"`]/.exec(settings)?.[1] ?? 'dist');
}

/** What Remix built before it was a plugin of Vite lies elsewhere (https://remix.run/docs/en/main/file-conventions/remix-config). */
export function findRemixServer(_: Project, libraries: readonly string[]): BuiltServer {
  const [build, folder] = libraries.includes('vite') ? ['remix vite:build', 'build/server'] : ['remix build', 'build'];
  return { ...findServe(libraries, '@remix-run/serve', `npx remix-serve ./${folder}/index.js`), build };
}

export function findReactRouterServer(_: Project, libraries: readonly string[]): BuiltServer {
  return findServe(libraries, '@react-router/serve', 'npx react-router-serve ./build/server/index.js');
}

function findServe(libraries: readonly string[], library: string, start: string): BuiltServer {
  return libraries.includes(library) ? { start } : { lack: `${library}, which serves what is built, is not among the dependencies.` };
}

/** Presets of Nitro (https://nitro.build/deploy) that leave something else behind than a program for Node. */
const foreignPreset =
  '(?:aws|azure|browser|bun|cloudflare|deno|edgio|firebase|genezio|github|gitlab|iis|netlify|service-worker|static|stormkit|vercel|winterjs|zeabur)[\\w-]{0,40}';

/** @param tool whose settings name the preset, where the build does not */
export function findNitroServer(project: Project, tool: 'nitro' | 'nuxt' | 'app'): BuiltServer {
  const setting = new RegExp(`\\bpreset\\s{0,9}:\\s{0,9}['"\`](${foreignPreset})['"\`]`);
  const option = new RegExp(`(?:--preset[ =]|\\bNITRO_PRESET=)(${foreignPreset})`);
  const preset =
    option.exec(/"build"\s*:\s*"[^"]*/.exec(project.text('package.json') ?? '')?.[0] ?? '')?.[1] ??
    setting.exec(findSettings(project, tool)?.text ?? '')?.[1];
  if (preset === undefined) return { start: 'node .output/server/index.mjs' };
  if (preset === 'bun') return { start: 'bun .output/server/index.mjs' };
  return { lack: `The preset "${preset}" of Nitro leaves no server for Node behind: "node-server" does.` };
}
