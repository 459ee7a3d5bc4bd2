import { findSpringPrefix } from './languages/spring-settings.ts';
import type { Project, SourceFile } from './project.ts';
import { stripComments } from './strip-comments.ts';

/** Routes that are written above the methods of a class, below what is written above the class: NestJS, Spring and JAX-RS. */
export function listControllers(project: Project, { path, text }: SourceFile): { readonly path: string; readonly index: number }[] {
  const isNest = path.endsWith('.ts') && text.includes('@Controller(');
  const isSpring = /\.(?:java|kt)$/.test(path) && text.includes('Mapping(');
  if (!isNest && !isSpring) return [];
  const top = isNest ? findNestPrefix(project) : findSpringPrefix(project);
  if (top === undefined) return [];
  const plain = stripComments(path, text);
  const [ofClass, ofMethod] = isNest ? [nestClass, nestMethod] : [springClass, springMethod];
  const prefixes = [...plain.matchAll(ofClass)].map((match) => ({ value: match[1] ?? match[2] ?? '', index: match.index }));
  return [...plain.matchAll(ofMethod)].map((match) => {
    const prefix = prefixes.findLast(({ index }) => index < match.index)?.value ?? '';
    return { path: `/${top}/${prefix}/${match[1] ?? ''}`.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, ''), index: match.index };
  });
}

// https://docs.nestjs.com/controllers
const nestClass =
  /@Controller\(\s{0,9}(?:['"`]([\w/.-]{0,60})['"`]|\{[^{}]{0,200}?\bpath:\s{0,5}['"`]([\w/.-]{0,60})['"`][^{}]{0,200}\})?\s{0,9},?\s{0,9}\)/g;
const nestMethod = /@Get\(\s{0,9}(?:['"`]([\w/.-]{0,60})['"`])?\s{0,9}\)/g;

/** https://docs.nestjs.com/faq/global-prefix */
function findNestPrefix({ sources }: Project): string | undefined {
  const scripts = sources.filter(({ path }) => path.endsWith('.ts'));
  if (scripts.some(({ text }) => text.includes('.enableVersioning('))) return undefined;
  const uses = scripts.filter(({ text }) => text.includes('.setGlobalPrefix('));
  if (uses.length === 0) return '';
  return uses.length > 1 ? undefined : /\.setGlobalPrefix\(\s{0,9}['"`]([\w/-]{1,40})['"`]\s{0,9},?\s{0,9}\)/.exec(uses[0]!.text)?.[1];
}

// https://docs.spring.io/spring-framework/reference/web/webmvc/mvc-controller/ann-requestmapping.html
const springClass =
  /@RequestMapping\(\s{0,9}(?:(?:value|path)\s{0,5}=\s{0,5})?\{?\s{0,5}"([\w/.-]{0,60})"[^()]{0,200}\)(?=[^{;]{0,400}\bclass\s)/g;
const springMethod =
  /@(?:GetMapping|RequestMapping)\(\s{0,9}(?:method\s{0,5}=\s{0,5}[\w.]{1,40},\s{0,9})?(?:(?:value|path)\s{0,5}=\s{0,5})?\{?\s{0,5}"([\w/.-]{0,60})"/g;
