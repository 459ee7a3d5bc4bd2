import { hashSecret } from '../hash-secret.ts';
import { lineAt, listAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/** Reports of Nosey Parker: `noseyparker report --format json|jsonl`. Each place of a secret is a finding. Secrets are hashed and never kept. */
export const noseyparker: Format = { id: 'noseyparker', name: 'Nosey Parker', variants: [variant('$'), variant('$[]')] };

function variant(finding: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${finding}.rule_name`, `${finding}.matches[].provenance`) ||
      (outline.has(`${finding}.rule_name`, `${finding}.finding_id`) &&
        ['matches', 'num_matches', 'groups', 'match_content'].some((name) => outline.has(`${finding}.${name}`))),
    layout: { entries: [finding] },
    read: readFinding,
  };
}

function readFinding({ value }: JsonEntry): Reading | readonly Reading[] {
  const matches = listAt(value, 'matches');
  const rule = { id: textAt(value, 'rule_text_id') ?? textAt(value, 'rule_name'), name: textAt(value, 'rule_name') };
  const common: Draft = {
    kind: 'secret',
    rule,
    title: rule.name,
    // Nosey Parker rates nothing; a secret is no small thing.
    severityLabel: 'high',
    cwes: [798],
    suppression: readSuppression(value),
    identity: textAt(value, 'finding_id') ?? hashSecret(textAt(value, 'match_content')),
  };
  return matches.length === 0 ? common : matches.map((match) => ({ ...common, ...readPlace(match) }));
}

/** The commit of a repository tells more than the file of the same content. */
function readPlace(match: unknown): Pick<Draft, 'location' | 'foundAt'> {
  const provenance = listAt(match, 'provenance');
  const place = provenance.find((item) => textAt(item, 'kind') === 'git_repo') ?? provenance[0];
  const commit =
    ['commit_provenance', 'first_commit'].find((name) => textAt(place, name, 'commit_metadata', 'commit_id') !== undefined) ??
    'first_commit';
  const seconds = Number.parseInt(textAt(place, commit, 'commit_metadata', 'committer_timestamp') ?? '', 10);
  return {
    location: {
      path: textAt(place, commit, 'blob_path') ?? textAt(place, 'path') ?? textAt(place, 'repo_path'),
      line: lineAt(match, 'location', 'source_span', 'start', 'line'),
      column: lineAt(match, 'location', 'source_span', 'start', 'column'),
      endLine: lineAt(match, 'location', 'source_span', 'end', 'line'),
      commit: textAt(place, commit, 'commit_metadata', 'commit_id'),
    },
    foundAt: seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : undefined,
  };
}

function readSuppression(value: unknown): Draft['suppression'] {
  const statuses = [...textsAt(value, 'statuses'), textAt(value, 'status')];
  return statuses.includes('reject') ? { kind: 'false-positive', reason: textAt(value, 'comment') } : undefined;
}
