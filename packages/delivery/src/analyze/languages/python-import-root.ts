import type { Project } from '../project.ts';

/** Modules that Python brings, whose names files of applications have as well. */
const standard = new Set(
  'calendar code collections email enum html http io json logging platform queue random secrets select signal socket statistics string test time token types typing'.split(
    ' ',
  ),
);

/** Finds for files of a project the folder that modules are imported from, which they are run in or with. */
export function createImportRootFinder(project: Project, libraries: readonly string[]): (path: string) => string {
  const modules = listModules(project);

  /** The topmost folder in which an import of the file leads to a file of the project; empty for the root, also when nothing says so. */
  return (path) => {
    const text = project.text(path) ?? '';
    const steps = path.split('/').slice(0, -1);
    const first = steps.findLastIndex((step) => !/^[A-Za-z_]\w*$/.test(step)) + 1;
    // Who imports from beside itself is in a package.
    const last = /^from \.+/m.test(text) ? steps.length - 1 : steps.length;
    const names = [...text.matchAll(/^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w{0,60})/gm)]
      .map(([, name]) => name!)
      .filter((name) => !standard.has(name) && !libraries.includes(name.replaceAll('_', '-').toLowerCase()));
    for (let depth = first; depth <= last; depth++) {
      const place = steps
        .slice(0, depth)
        .map((step) => `${step}/`)
        .join('');
      if (names.some((name) => modules.has(place + name))) return place.slice(0, -1);
    }
    return steps.slice(0, first).join('/');
  };
}

/** Files and packages, without what ends their names. */
function listModules({ paths }: Project): ReadonlySet<string> {
  const modules = new Set<string>();
  for (const path of paths) {
    if (!path.endsWith('.py')) continue;
    modules.add(path.slice(0, -'.py'.length));
    for (let at = path.lastIndexOf('/'); at > 0 && !modules.has(path.slice(0, at)); at = path.lastIndexOf('/', at - 1))
      modules.add(path.slice(0, at));
  }
  return modules;
}
