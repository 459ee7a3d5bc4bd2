import type { Detection } from './analysis.ts';
import { detectDeno } from './languages/deno.ts';
import { detectDotnet } from './languages/dotnet.ts';
import { detectElixir } from './languages/elixir.ts';
import { detectGo } from './languages/go.ts';
import { detectJava } from './languages/java.ts';
import { detectNode } from './languages/node.ts';
import { detectPhp } from './languages/php.ts';
import { detectPython } from './languages/python.ts';
import { detectRuby } from './languages/ruby.ts';
import { detectRust } from './languages/rust.ts';
import { detectStaticSite } from './languages/static-site.ts';
import type { Project } from './project.ts';

/** What recognises a language in a project; `undefined` when it is not there. Pure. */
export type Detector = (project: Project) => Detection | undefined;

/** In the order of the alphabet: `chooseLanguage` decides between them, not the order. */
export const detectors: readonly Detector[] = [
  detectDeno,
  detectDotnet,
  detectElixir,
  detectGo,
  detectJava,
  detectNode,
  detectPhp,
  detectPython,
  detectRuby,
  detectRust,
  detectStaticSite,
];
