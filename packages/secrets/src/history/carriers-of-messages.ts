import { readObjects, type Git } from '@deployguard/git';
import type { Carrier } from '../secret-finding.ts';
import type { Sighting } from './attribute-matches.ts';
import type { MatchTable } from './match-table.ts';

/** Says for matches in commits and tags whether the message, an identity or another header holds them. */
export async function carriersOfMessages(git: Git, table: MatchTable): Promise<(sighting: Sighting) => Sighting> {
  const contents = new Map<string, Buffer>();
  const oids = [...table.objects].filter(([, { type }]) => type === 'commit' || type === 'tag').map(([oid]) => oid);
  if (oids.length > 0) {
    for await (const objects of readObjects(git, oids)) {
      for (const { oid, content } of objects) if (content) contents.set(oid, Buffer.from(content));
    }
  }
  return (sighting) => {
    const content = sighting.object === undefined ? undefined : contents.get(sighting.object);
    return content ? { ...sighting, carrier: carrierAt(content, sighting.match.start, sighting.carrier) } : sighting;
  };
}

/** `content` is a raw commit or tag: headers, an empty line, the message. */
function carrierAt(content: Buffer, offset: number, message: Carrier): Carrier {
  const headerEnd = content.indexOf('\n\n');
  if (headerEnd !== -1 && offset > headerEnd) return message;
  const lineStart = content.lastIndexOf('\n', offset - 1) + 1;
  return /^(?:author|committer|tagger) /.test(content.toString('latin1', lineStart, lineStart + 10)) ? 'identity' : 'commit-header';
}
