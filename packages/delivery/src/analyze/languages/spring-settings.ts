import type { Project } from '../project.ts';

/** What stands before every path of Spring; `undefined` when it is not written plainly (https://docs.spring.io/spring-boot/appendix/application-properties/). */
export function findSpringPrefix(project: Project): string | undefined {
  const value = findSpringProperty(project, ['server.servlet.context-path', 'spring.webflux.base-path']);
  if (value === undefined) return '';
  return /^\/?[\w/.-]{0,60}$/.test(value) ? value.replace(/^\/?(?=\w)/, '/').replace(/\/$/, '') : undefined;
}

/** The first of the properties that is there. */
export function findSpringProperty(project: Project, names: readonly string[]): string | undefined {
  for (const folder of ['src/main/resources/', 'src/main/resources/config/']) {
    const properties = project.text(`${folder}application.properties`) ?? '';
    for (const name of names) {
      const value = new RegExp(`^[ \\t]{0,20}${name.replaceAll('.', '\\.')}[ \\t]{0,9}[=:][ \\t]{0,9}([^\\s#]{1,100})`, 'm').exec(
        properties,
      )?.[1];
      if (value !== undefined) return value;
    }
    for (const file of ['application.yml', 'application.yaml'].filter((name) => project.has(folder + name))) {
      const values = listYamlValues(project.text(folder + file) ?? '');
      const name = names.find((known) => values.has(known));
      if (name !== undefined) return values.get(name);
    }
  }
  return undefined;
}

/** The scalars of all documents that hold without a profile, by their keys with dots between, as Spring reads them. */
function listYamlValues(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const part of text.slice(0, 64 * 1024).split(/^---.*$/m)) {
    if (/^[ \t]*(?:on-profile:|profiles:[ \t]*[\w'"!])/m.test(part)) continue;
    let keys: { readonly indent: number; readonly name: string }[] = [];
    for (const line of part.split(/\r?\n/)) {
      const match = /^( {0,40})([\w.-]{1,80}):(?:[ \t]{1,9}(\S.{0,200}))?/.exec(line);
      if (match === null) continue;
      const indent = match[1]!.length;
      keys = [...keys.filter((key) => key.indent < indent), { indent, name: match[2]! }];
      const value = match[3]?.replace(/\s#.*$/, '').replace(/^(['"])(.*)\1$/, '$2');
      if (value !== undefined && !value.startsWith('#')) values.set(keys.map(({ name }) => name).join('.'), value.trim());
    }
  }
  return values;
}
