import type { Severity } from '@deployguard/findings';
import { parseCwes } from '../parse-ids.ts';
import { listAt, textAt } from '../reading/read-field.ts';
import { attributeOf, childrenAt, childText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, JsonVariant } from './format.ts';

/**
 * Reports of ZAP, as XML and as JSON (https://www.zaproxy.org/docs/desktop/addons/report-generation/), and what its API answers. An alert is one
 * finding, with all its places.
 */
export const zap: Format = {
  id: 'zap',
  name: 'ZAP',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'OWASPZAPReport',
      layout: { entries: ['/OWASPZAPReport/site/alerts/alertitem'] },
      read({ element, parents }) {
        const [root, site] = parents;
        return toDraft({
          get: (name) => childText(element, name),
          site: attributeOf(site, 'name'),
          version: attributeOf(root, 'version'),
          places: childrenAt(element, 'instances', 'instance').map((instance) => (name) => childText(instance, name)),
        });
      },
    },
    {
      form: 'json',
      recognises: (outline) =>
        ['$.site[]', '$.site'].some((site) => outline.has(`${site}.alerts`, '$.@version') || outline.has(`${site}.alerts[].pluginid`)),
      // Early versions write one site alone.
      layout: { entries: ['$.site[].alerts[]', '$.site.alerts[]'], context: ['$.@version', '$.site[].@name', '$.site.@name'] },
      read({ value, parents: [root, site] }) {
        return toDraft({
          get: (name) => textAt(value, name),
          site: textAt(site, '@name'),
          version: textAt(root, '@version'),
          places: listAt(value, 'instances').map((instance) => (name) => textAt(instance, name)),
        });
      },
    },
    buildAnswerVariant('$.alerts[]'),
    buildAnswerVariant('$[]'),
    buildAnswerVariant('$.vulnerabilities[]'),
  ],
};

/** What its API answers on `core/view/alerts`, and clients keep of it: an alert for each place, with words for numbers. */
function buildAnswerVariant(alert: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(...['pluginId', 'messageId', 'alert', 'risk', 'url'].map((name) => `${alert}.${name}`)),
    layout: { entries: [alert] },
    read: ({ value }) => {
      const get = (name: string): string | undefined => textAt(value, answeredNames.get(name) ?? name);
      return toDraft({ get, site: toSite(textAt(value, 'url'))?.name, version: undefined, places: [get] });
    },
  };
}

const answeredNames: ReadonlyMap<string, string> = new Map([
  ['pluginid', 'pluginId'],
  ['desc', 'description'],
  ['riskdesc', 'risk'],
  ['uri', 'url'],
]);

interface Alert {
  readonly get: (name: string) => string | undefined;
  readonly site: string | undefined;
  readonly version: string | undefined;
  readonly places: readonly ((name: string) => string | undefined)[];
}

const labels: ReadonlyMap<string, Severity> = new Map([
  ['0', 'info'],
  ['1', 'low'],
  ['2', 'medium'],
  ['3', 'high'],
]);

function toDraft({ get, site, version, places }: Alert): Draft {
  const risk = get('riskcode');
  const [first] = places;
  return {
    kind: 'weakness',
    rule: { id: get('pluginid'), name: get('name') ?? get('alert') },
    title: get('alert') ?? get('name'),
    description: describe(get('desc'), places),
    remedy: stripMarkup(get('solution')),
    severity: get('riskdesc') ?? risk,
    severityLabel: labels.get(risk ?? ''),
    cwes: parseCwes(get('cweid') ?? get('cweId')),
    location: { url: first?.('uri') ?? get('uri') ?? site, method: first?.('method'), parameter: first?.('param') },
    asset: site === undefined ? undefined : { type: 'web', name: site },
    references: stripMarkup(get('reference'))?.match(/https?:\/\/[^\s<]+/g) ?? [],
    // ZAP's confidence 0 is "false positive".
    suppression: /^(?:0|false positive)$/i.test(get('confidence') ?? '') ? { kind: 'false-positive' } : undefined,
    identity: [get('alertRef'), get('name')].join(' '),
    tool: { version },
  };
}

/** All places of the alert stand in its description. */
function describe(text: string | undefined, places: Alert['places']): string {
  const lines = places.map((place) => [place('method'), place('uri'), place('param')].filter((part) => part !== undefined).join(' '));
  return [stripMarkup(text), places.length > 1 ? `Seen at:\n${lines.join('\n')}` : undefined]
    .filter((part) => part !== undefined)
    .join('\n\n');
}
