import type { ReportedFinding } from '@deployguard/findings';
import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { holdReport } from '../reading/report-bytes.ts';
import { openAccount } from '../report-account.ts';
import type { ReportAccount } from '../report-account.ts';
import { readReport } from '../read-report.ts';
import { recognizeReport } from '../recognize.ts';
import { formats } from './registry.ts';

/** Reports written by hand: `test/fixtures/<format>/<case>.json`, and beside each what it says, in the fields that matter. */
const fixtures = join(import.meta.dirname, '..', '..', 'test', 'fixtures');

interface Expected {
  /** Name of the report; by default that of the case with `.json`. */
  readonly report?: string;
  readonly entries: number;
  readonly skipped?: Record<string, number>;
  readonly lost?: Record<string, number>;
  readonly findings: readonly Partial<ReportedFinding>[];
}

const cases = globSync('*/*.expected.json', { cwd: fixtures })
  .sort()
  .map((path) => {
    const name = basename(path, '.expected.json');
    const expected = JSON.parse(readFileSync(join(fixtures, path), 'utf8')) as Expected;
    const report = readFileSync(join(fixtures, dirname(path), expected.report ?? `${name}.json`));
    return { name: `${dirname(path)}/${name}`, format: dirname(path), report, expected };
  });

test('every file of the folder is a registered format, in the order of their ids, with reports to show it', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !/^(?:format|registry|.*\.test)\.ts$/.test(name));

  assert.deepEqual(
    formats.map(({ id }) => `${id}.ts`),
    files.sort(),
  );
  assert.deepEqual(
    [...new Set(cases.map(({ format }) => format))],
    formats.map(({ id }) => id),
  );
});

for (const { name, format, report, expected } of cases) {
  test(`${name} is recognised by its content and says what it says`, async () => {
    const { findings, account } = await read(report, format);

    assert.equal(account.entries, expected.entries);
    assert.deepEqual(account.skipped, expected.skipped ?? {});
    assert.deepEqual(account.lost, expected.lost ?? {});
    assert.equal(findings.length, expected.findings.length);
    for (const [index, fields] of expected.findings.entries()) {
      const finding = findings[index]!;
      assert.deepEqual(Object.fromEntries(Object.keys(fields).map((field) => [field, finding[field as keyof ReportedFinding]])), fields);
    }
    assert.equal(new Set(findings.map(({ fingerprint }) => fingerprint)).size, findings.length);
  });

  test(`${name} gives the same findings with the same fingerprints when its lines have moved`, async () => {
    const moved = Buffer.from(
      report
        .toString()
        .replaceAll(/("(?:start)?_?line(?:_?number)?"\s*:\s*"?)(\d+)/gi, (_, key: string, line: string) => `${key}${Number(line) + 7}`),
    );

    const before = await read(report, format);
    const after = await read(moved, format);

    assert.deepEqual(
      after.findings.map(({ fingerprint }) => fingerprint),
      before.findings.map(({ fingerprint }) => fingerprint),
    );
  });
}

test('a report behind lines that are none of it says what it says without them', async () => {
  const report = cases.find(({ name }) => name === 'semgrep/findings')!.report;

  const behind = Buffer.concat([Buffer.from('Größe: 3 files\n'), report]);

  assert.deepEqual(await read(behind, 'semgrep'), await read(report, 'semgrep'));
});

/** One of these writes in lines what the others write as a list, and nothing else tells them apart. */
const toldByNesting: ReadonlySet<string> = new Set(['rusty-hog/git', 'trufflehog/version-2', 'trufflehog3/version-2']);

for (const { name, format, report } of cases) {
  const renested = renest(report.toString());
  if (renested === undefined || toldByNesting.has(name)) continue;
  test(`${name} says the same when another program has put it into a list, or has taken its list apart`, async () => {
    assert.deepEqual(await read(Buffer.from(renested), format), await read(report, format));
  });
}

test('P17 P8 whatever is broken in a report, each entry is mapped, skipped or lost, and nothing is made up', async () => {
  const dirty = cases.filter(({ expected }) => expected.entries > 0);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...dirty),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(...breaks))),
      async (chosen, changes) => {
        const { format, variant } = await recognize(chosen.report, chosen.format);
        const text = changes.reduce((broken, [at, length, change]) => change(broken, at, length), chosen.report.toString());
        const account = openAccount();
        const findings: ReportedFinding[] = [];

        for await (const batch of readReport(holdReport(Buffer.from(text)), { format, variant }, account)) findings.push(...batch);

        const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((total, count) => total + count, 0);
        assert.equal(account.mapped + sum(account.skipped) + sum(account.lost), account.entries);
        assert.equal(findings.length, account.findings);
        assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
        for (const { title, rule } of findings) assert.ok(title !== '' && rule.id !== '');
      },
    ),
    { numRuns: 400 },
  );
});

test('half a character in each text of a report fails nothing', async () => {
  for (const { format, report } of cases) {
    const { format: known, variant } = await recognize(report, format);
    const text = report.toString().replaceAll(/: "((?:[^"\\]|\\.)*)"/g, ': "$1\\ud800"');

    for await (const _ of readReport(holdReport(Buffer.from(text)), { format: known, variant }, openAccount()));
  }
});

test('P8 names of what every object inherits are words like others in each place of a report', async () => {
  for (const { format, report } of cases) {
    const { format: known, variant } = await recognize(report, format);
    for (const name of ['constructor', '__proto__', 'hasOwnProperty']) {
      const text = report.toString();
      const words = text.replaceAll(/: "((?:[^"\\]|\\.)*)"/g, `: "${name}"`).replaceAll(/(?<==")[^"]*(?=")/g, name);

      const numbers = text.replaceAll(/: -?\d[\d.]*/g, `: "${name}"`);

      for (const changed of [words, numbers])
        for await (const _ of readReport(holdReport(Buffer.from(changed)), { format: known, variant }, openAccount()));
    }
  }
});

test('P7 an entry that lists too much is lost, and the others are read', async () => {
  const advice = Array.from({ length: 200_000 }, (_, index) => ({ message: `Advice ${index}` }));
  const results = [advice, []].map((remediations, index) => ({
    rolledup_observation_id: `${index}`,
    risk_vector: 'web_appsec',
    evidence_key: 'shop.example:443',
    details: { remediations },
  }));

  const { findings, account } = await read(Buffer.from(JSON.stringify({ results })), 'bitsight');

  assert.deepEqual([findings.length, account.lost], [1, { 'entry too large': 1 }]);
});

test('numbers that are no time fail nothing', async () => {
  for (const { format, report } of cases) {
    const { format: known, variant } = await recognize(report, format);
    for (const number of ['-1e308', '1e308', '9'.repeat(400)]) {
      const text = report.toString().replaceAll(/: "?-?\d[\d.]*"?(?=[,\s])/g, `: ${number}`);

      for await (const _ of readReport(holdReport(Buffer.from(text)), { format: known, variant }, openAccount()));
    }
  }
});

test('P12 a message of words that never end is gone through once', async () => {
  const name = '[ERROR] resource: &quot;x&quot; at line: 3, violates: RULE - R1';
  const message = `Description: Open, File: a${', Rule Name: '.repeat(30_000)}`;
  const cases = `<testcase name="${name}"><failure message="${message}"/></testcase>`;
  const start = process.cpuUsage();

  const { findings } = await read(
    Buffer.from(`<testsuites name="TERRASCAN_POLICY_SUITES"><testsuite name="a">${cases}</testsuite></testsuites>`),
    'terrascan',
  );

  assert.deepEqual(
    findings.map(({ rule, title, location }) => [rule.id, title, location]),
    [['R1', 'Open', { line: 3, resource: 'x' }]],
  );
  const { user } = process.cpuUsage(start);
  assert.ok(user < 3_000_000, `${user / 1e6} s of processor time`);
});

test('P7 a message that says its arguments over and over is held as far as it is shown', async () => {
  const message = { text: '{0}'.repeat(100_000), arguments: ['x'.repeat(30_000)] };
  const runs = [{ tool: { driver: { name: 'Many' } }, results: [{ ruleId: 'r', message }] }];

  const { findings } = await read(Buffer.from(JSON.stringify({ version: '2.1.0', runs })), 'sarif');

  assert.equal(findings[0]?.description?.length, 32_768);
});

/** Each takes a text and two numbers, and breaks the text somewhere. */
const breaks: readonly ((text: string, at: number, length: number) => string)[] = [
  (text, at) => text.slice(0, at % (text.length + 1)),
  (text, at, length) => text.slice(0, at % (text.length + 1)) + text.slice((at % (text.length + 1)) + (length % 40)),
  (text, at, length) =>
    replaceValue(
      text,
      at,
      ['null', '[]', '{}', '7', '""', 'true', '{"__proto__": {"polluted": 1}}', '[[[]]]', `"${'x'.repeat(70_000)}"`][length % 9]!,
    ),
  (text, at) => `${text.slice(0, at % (text.length + 1))}\0\u202e"${text.slice(at % (text.length + 1))}`,
];

/** One of the values of members becomes another. */
function replaceValue(text: string, at: number, value: string): string {
  const places = [...text.matchAll(/: ("(?:[^"\\]|\\.)*"|-?\d[\d.]*|true|false|null)/g)];
  const place = places[at % Math.max(1, places.length)];
  return place ? `${text.slice(0, place.index)}: ${value}${text.slice(place.index + place[0].length)}` : text;
}

test('a list that another program has taken out of a report is of its scanner, or of none', async () => {
  let told = 0;
  for (const { name, format, report } of cases) {
    const { variant } = await recognize(report, format);
    if (variant.form !== 'json' || !variant.isToldByEntries) continue;
    for (const path of variant.layout.entries) {
      const member = /^\$\.(\w+)\[\]/.exec(path)![1]!;
      const list = (parse(report.toString()) as Record<string, unknown>)[member];
      if (!Array.isArray(list) || list.length === 0) continue;
      const taken = Buffer.from(JSON.stringify(list));
      if ((await recognizeReport(holdReport(taken))).outcome === 'unknown') continue;
      const { findings, account } = await read(taken, format);
      assert.deepEqual([findings.length, account.lost], [account.findings, {}], name);
      told++;
    }
  }

  assert.ok(told >= 20);
});

/** The value of a report, or all of its lines, in a list; the objects of a list in lines of their own. Undefined where that is not JSON. */
function renest(text: string): string | undefined {
  const value = parse(text);
  if (Array.isArray(value)) return value.some(Array.isArray) ? undefined : value.map((item) => JSON.stringify(item)).join('\n');
  if (value !== undefined) return `[${text}]`;
  const lines = text.trim().split('\n');
  return lines.every((line) => parse(line) !== undefined) ? `[${lines.join()}]` : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function recognize(report: Buffer, id: string) {
  const recognition = await recognizeReport(holdReport(report));
  assert.ok(recognition.outcome === 'recognized', JSON.stringify(recognition));
  assert.equal(recognition.format.id, id);
  return recognition;
}

async function read(report: Buffer, id: string): Promise<{ findings: ReportedFinding[]; account: ReportAccount }> {
  const recognition = await recognize(report, id);
  const account = openAccount();
  const findings: ReportedFinding[] = [];
  for await (const batch of readReport(holdReport(report), recognition, account)) findings.push(...batch);
  return { findings, account };
}
