import type { Resources } from './analysis.ts';
import type { Answer } from './answer.ts';
import type { Project } from './project.ts';

/** What a small application of each language takes when it has little to do, with room for some use. Experience, not measurement. */
const byLanguage: Readonly<Record<string, Resources>> = {
  node: { cpu: '500m', memory: '512Mi' },
  deno: { cpu: '500m', memory: '512Mi' },
  python: { cpu: '500m', memory: '512Mi' },
  ruby: { cpu: '500m', memory: '512Mi' },
  php: { cpu: '500m', memory: '256Mi' },
  go: { cpu: '250m', memory: '128Mi' },
  rust: { cpu: '250m', memory: '128Mi' },
  java: { cpu: '1000m', memory: '1Gi' },
  kotlin: { cpu: '1000m', memory: '1Gi' },
  dotnet: { cpu: '500m', memory: '512Mi' },
  shell: { cpu: '250m', memory: '256Mi' },
  elixir: { cpu: '500m', memory: '512Mi' },
};

const forFiles: Resources = { cpu: '100m', memory: '128Mi' };

/** An estimate to begin with; only use shows what is needed. */
export function resourcesOf(language: string, isStatic: boolean, project: Project): Answer<Resources> | undefined {
  const value = isStatic ? forFiles : byLanguage[language];
  return value && project.answer(value, { rule: isStatic ? 'resources-static' : 'resources-by-language', confidence: 'low' });
}
