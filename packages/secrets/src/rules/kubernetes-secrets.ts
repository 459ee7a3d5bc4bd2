import type { LocatedSecret, Rotation, Rule } from './rule.ts';

const keywords = [
  'kind: Secret',
  'kind: "Secret"',
  "kind: 'Secret'",
  '"kind": "Secret"',
  '"kind":"Secret"',
  // Refused by the API, but written by people.
  'kind: secret',
  'kind: "secret"',
  "kind: 'secret'",
];
const expression = /kind: (?:[Ss]ecret(?![\w])|"[Ss]ecret"|'[Ss]ecret')|"kind": ?"Secret"/;

/** How far from `kind: Secret` the values of the same document are looked for. */
const lookBehind = 6000;
const reach = 10_000;

const source = 'https://kubernetes.io/docs/concepts/configuration/secret/';
const rotation: Rotation = {
  url: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
  steps: [
    'Change the value where it is used: base64 hides nothing.',
    'Update the Secret in the cluster and restart what reads it.',
    'Keep only encrypted manifests in the repository (sealed or external secrets).',
  ],
};

export const rules: readonly Rule[] = [
  {
    id: 'kubernetes-secret',
    title: 'Value of a Kubernetes Secret',
    provider: 'Kubernetes',
    severity: 'high',
    precision: 'contextual',
    keywords,
    expression,
    locate: locateValues,
    lookBehind,
    reach,
    multiline: true,
    chosen: 'password',
    weaker: 'kubernetes-weak-secret',
    source,
    rotation,
    examples: {
      matches: [
        (sample) => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: ${encode(`${sample.alnum(10)}5`)}\n`,
        (sample) => `stringData:\n  api-key: "${sample.alnum(20)}5"\nmetadata:\n  name: db\nkind: Secret\n`,
        (sample) => `{"kind": "Secret", "data": {"password": "${encode(`${sample.alnum(10)}5`)}"}}`,
        (sample) => `kind: Secret\ndata:\n  username: ${encode('admin')}\n  password: ${encode(`${sample.alnum(10)}5`)}\n`,
      ],
      misses: [
        () => `kind: Secret\nmetadata:\n  name: x\n---\nkind: ConfigMap\ndata:\n  password: ${encode('some-Value-77')}\n`,
        () => `kind: Secret\ndata:\n  password: ${encode('changeme')}\n`,
        () => 'kind: Secret\nstringData:\n  password: ${PASSWORD}\n',
        (sample) => `kind: SecretStore\ndata:\n  password: ${encode(sample.alnum(12))}\n`,
      ],
    },
  },
  {
    id: 'kubernetes-weak-secret',
    title: 'First guess as the value of a Kubernetes Secret',
    provider: 'Kubernetes',
    severity: 'low',
    precision: 'generic',
    // Only what the rule above drops comes here, and lists of Secrets.
    keywords: ['kind: SecretList'],
    expression: /kind: SecretList/,
    locate: locateValues,
    lookBehind,
    reach,
    multiline: true,
    chosen: 'given',
    source,
    rotation,
    examples: {
      matches: [
        () => `kind: SecretList\nitems:\n-\n  data:\n    password: ${encode('password')}\n`,
        () => `kind: SecretList\nstringData:\n  extra: ${['admin', 'password'].join(':')}\n`,
      ],
      misses: [
        () => `kind: SecretList\ndata:\n  password: ${encode('changeme')}\n`,
        () => 'kind: SecretList\nstringData:\n  password: ${PASSWORD}\n',
      ],
    },
  },
];

const publicKey =
  /^(?:user(?:_?-?name)?|host(?:name)?|port|database|db_?-?name|url|endpoint|region|bucket|email|type|name|namespace|ca\.crt|tls\.crt|.*\.crt|.*\.pub)$/i;

/** Entries of `data` (base64) and `stringData` of the document that the keyword stands in, in whatever order its parts come. */
function locateValues(window: string, keywordAt: number): LocatedSecret[] {
  const start = window.lastIndexOf('\n---', keywordAt) + 1;
  // A list of Secrets is one document: its first one stands for all.
  if (keywords.some((keyword) => isBetween(window.indexOf(keyword, start), start, keywordAt))) return [];
  const next = window.indexOf('\n---', keywordAt);
  const document = window.slice(start, next === -1 ? window.length : next + 1);
  return [...(/^\s*\{|"kind"/.test(window.slice(keywordAt, keywordAt + 6)) ? locateInJson(document) : locateInYaml(document))].map(
    (value) => ({
      ...value,
      start: value.start + start,
      end: value.end + start,
    }),
  );
}

function isBetween(at: number, start: number, end: number): boolean {
  return at >= start && at < end;
}

function* locateInYaml(document: string): Generator<LocatedSecret> {
  for (const block of document.matchAll(/^([ ]*)(data|stringData):[ \t]*\r?\n((?:\1[ \t]+[^ \t\r\n][^\n]*(?:\n|$)|[ \t]*\r?\n)+)/gm)) {
    const bodyStart = block.index + block[0].length - block[3]!.length;
    for (const entry of block[3]!.matchAll(
      /^[ \t]+(?:- )?["']?([\w.-]{1,253})["']?:[ \t]+(?:[|>][+-]?[ \t]*\r?\n[ \t]+)?(?:(["'])([^\s"'#|>][^\r\n"']*)\2|([^\s"'#|>](?:[^\r\n"'#]*[^\r\n"'# \t])?))[ \t]*(?:#[^\n]*)?\r?$/gm,
    )) {
      const value = (entry[3] ?? entry[4])!;
      const at = bodyStart + entry.index + entry[0].indexOf(value, entry[0].indexOf(':') + 1);
      yield* toSecret(entry[1]!, value, at, block[2] === 'data');
    }
  }
}

function* locateInJson(document: string): Generator<LocatedSecret> {
  for (const block of document.matchAll(/"(data|stringData)"\s*:\s*\{([^{}]*)\}/g)) {
    const bodyStart = block.index + block[0].length - block[2]!.length - 1;
    for (const entry of block[2]!.matchAll(/"([\w.-]{1,253})"\s*:\s*"([^"\\]+)"/g)) {
      yield* toSecret(entry[1]!, entry[2]!, bodyStart + entry.index + entry[0].length - entry[2]!.length - 1, block[1] === 'data');
    }
  }
}

function* toSecret(name: string, text: string, start: number, isEncoded: boolean): Generator<LocatedSecret> {
  if (publicKey.test(name)) return;
  const place = { start, end: start + text.length };
  if (!isEncoded) {
    yield place;
    return;
  }
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return;
  // Values are often encoded together with the line feed of the file they came from.
  const secret = Buffer.from(text, 'base64').toString('latin1').replace(/\n$/, '');
  if (secret.length >= 4 && !secret.startsWith('-----BEGIN CERT')) yield { ...place, decoded: { secret, encoding: 'base64' } };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
