import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/** What an image breaks of a policy of Anchore: `anchorectl policy evaluate --detail`, `anchore-cli evaluate check --detail`. */
export const anchorePolicy: Format = {
  id: 'anchore-policy',
  name: 'Anchore policy',
  variants: [
    evaluation('$[]', 'detail'),
    evaluation('$[]', 'details'),
    evaluation('$.evaluations[]', 'details'),
    {
      form: 'json',
      // By digest, by tag, a list of evaluations.
      recognises: (outline) => outline.has('$[]{}{}[].detail.result', '$[]{}{}[].detail.policy'),
      layout: { entries: ['$[]{}{}[]'] },
      read: readEngineEvaluation,
    },
  ],
};

function evaluation(root: string, list: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${root}.finalAction`, `${root}.status`) &&
      (outline.hasList(`${root}.${list}`) || (root !== '$[]' && outline.has('$.evaluatedTag'))),
    layout: {
      entries: [`${root}.${list}[]`],
      context: ['$.imageDigest', '$.evaluatedTag', '$.policyId', `${root}.tag`, `${root}.digest`, `${root}.policyId`],
    },
    read({ value, parents }) {
      const image = ['tag', 'evaluatedTag', 'digest', 'imageDigest'].flatMap((name) =>
        [value, ...parents].map((parent) => textAt(parent, name)),
      );
      return toDraft({
        gate: textAt(value, 'gate'),
        trigger: textAt(value, 'trigger'),
        triggerId: textAt(value, 'triggerId'),
        description: textAt(value, 'description') ?? textAt(value, 'message'),
        remedy: textAt(value, 'recommendation'),
        action: textAt(value, 'status') ?? textAt(value, 'action'),
        image: image.find((name) => name !== undefined),
        isAllowed: textAt(value, 'allowlisted') === 'true',
      });
    },
  };
}

/** The rows of a table whose header names the columns. */
function readEngineEvaluation({ value, keys }: JsonEntry): Reading | Reading[] {
  const images = Object.values(objectAt(value, 'detail', 'result', 'result') ?? {});
  const found = images.flatMap((image) => {
    const header = listAt(image, 'result', 'header').map((name) => textAt(name));
    return listAt(image, 'result', 'rows').map((row) => {
      const cell = (name: string): string | undefined => textAt(row, header.indexOf(name));
      return toDraft({
        gate: cell('Gate'),
        trigger: cell('Trigger'),
        triggerId: cell('Trigger_Id'),
        description: cell('Check_Output'),
        remedy: undefined,
        action: cell('Gate_Action'),
        image: cell('Repo_Tag') ?? keys[1],
        isAllowed: cell('Whitelisted') === 'true' || objectAt(row, header.indexOf('Whitelisted')) !== undefined,
      });
    });
  });
  return found.length === 0 && textAt(value, 'status') !== undefined ? { skipped: 'image that breaks nothing' } : found;
}

interface Breach {
  readonly gate: string | undefined;
  readonly trigger: string | undefined;
  readonly triggerId: string | undefined;
  readonly description: string | undefined;
  readonly remedy: string | undefined;
  readonly action: string | undefined;
  readonly image: string | undefined;
  readonly isAllowed: boolean;
}

/** What stops a delivery is high, a warning is medium, as the policy wants it. */
const labels = { stop: 'high', warn: 'medium', go: 'info' } as const;

function toDraft({ gate, trigger, triggerId, description, remedy, action, image, isAllowed }: Breach): Draft {
  const aliases = parseVulnerabilityIds(triggerId);
  return {
    kind: aliases.length > 0 ? 'vulnerability' : 'misconfiguration',
    rule: { id: [gate, trigger].filter(Boolean).join('/') || triggerId },
    title: description ?? triggerId,
    description,
    remedy,
    severity: action,
    severityLabel: labels[action?.toLowerCase() as 'stop'],
    aliases,
    asset: image === undefined ? undefined : { type: 'image', name: image },
    suppression: isAllowed ? { kind: 'accepted', reason: 'allow list' } : undefined,
    identity: triggerId,
  };
}
