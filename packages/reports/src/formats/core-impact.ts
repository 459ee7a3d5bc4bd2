import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import { attributeOf, childrenAt } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/** The entities that Core Impact exports as XML: hosts, whose vulnerabilities its modules found or exploited. Identities are left out. */
export const coreImpact: Format = {
  id: 'core-impact',
  name: 'Core Impact',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'entities' && /^core impact$/i.test(outline.attribute('/entities', 'creator') ?? ''),
      layout: { entries: ['/entities/entity'] },
      read: ({ element, parents: [root] }) => readEntity(element, attributeOf(root, 'version')),
    },
  ],
};

function readEntity(entity: XmlElement, version: string | undefined): Reading | readonly Reading[] {
  const vulnerabilities = listProperties(findProperty(entity, 'Vulnerabilities'));
  if (vulnerabilities.length === 0) return { skipped: 'entity without vulnerability' };
  const address = findText(entity, 'ip') ?? attributeOf(entity, 'name')?.replace(/^\//, '');
  const name = findText(entity, 'display_name') ?? address;
  return vulnerabilities.map((vulnerability): Draft => {
    const id = attributeOf(vulnerability, 'key');
    const modules = listProperties(findProperty(vulnerability, 'Modules'));
    const [first] = modules;
    return {
      kind: 'vulnerability',
      rule: { id, name: attributeOf(first, 'key') },
      title: findText(first, 'description') ?? id,
      description: joinTexts(
        ...modules.flatMap((module) => [attributeOf(module, 'key'), findText(module, 'description'), describe(module)]),
      ),
      aliases: parseVulnerabilityIds(id),
      location: { host: address, port: parsePort(findText(first, 'port')) },
      asset: name === undefined ? undefined : { type: 'host', name },
      identity: '',
      tool: { version },
    };
  });
}

function describe(module: XmlElement): string | undefined {
  return findText(module, 'agent_deployed') === 'true' ? 'It was exploited: an agent was installed.' : undefined;
}

function findProperty(element: XmlElement | undefined, key: string): XmlElement | undefined {
  return listProperties(element).find((property) => attributeOf(property, 'key') === key);
}

function listProperties(element: XmlElement | undefined): readonly XmlElement[] {
  return childrenAt(element, 'property');
}

function findText(element: XmlElement | undefined, key: string): string | undefined {
  return findProperty(element, key)?.text.trim() || undefined;
}
