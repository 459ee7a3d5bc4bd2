import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInRules } from '../rules/registry.ts';
import type { Rule } from '../rules/rule.ts';
import { createSampler } from '../rules/sampler.ts';
import { createDetector } from './detector.ts';
import { anchorRule, defaultReach, listMatchesAtAnchor } from './match-at-anchor.ts';

// What backtracking feeds on: runs that several parts of an expression can share among them.
const pumps = ['a', 'A1', ' ', '\r', '"', '\\', '.', '-', '=', ':', '/', 'a ', '",', ':a=', ';a=', '\n ', 'key', '@', 'server=a;'];

test('no rule runs away on hostile text at its anchor', () => {
  for (const rule of builtInRules) {
    const anchored = anchorRule(rule);
    for (const { content, at } of listHostileWindows(rule)) {
      const limit = 400 * measure(() => readWindow(content)) + 1;
      const search = (): unknown => listMatchesAtAnchor(anchored, content, at);

      // What seems slow is tried again before it counts: on a busy machine each of a few tries may have been held up.
      const quick = measure(search);
      const used = quick < limit ? quick : Math.min(quick, measure(search, 60));

      // A pass over the window takes a floor or so; rules that try a start at every byte before the keyword take some hundred. What
      // backtracks without bounds takes millions.
      assert.ok(used < limit, `${rule.id}: ${used.toFixed(2)} ms, at most ${limit.toFixed(2)} ms are left to it`);
    }
  }
});

test('the cost of a hostile line is proportional to its length', () => {
  const units = [
    'password=',
    'token="',
    'pass',
    '://',
    '://a:b',
    'eyJhbGciOiJ',
    '-----BEGIN ',
    '-----BEGIN RSA PRIVATE KEY-----',
    'Z2hwX',
    'cGFzc',
    'LS0tLS1C',
    'LS0tLS1CRUdJTiBS',
    'kind: Secret\n',
    '"kty"',
    'H4sIAAAAAAAAA6tWykvMTVWyUlAqS8wpTVWqBQC0F2b7FQAAAA== ',
    'SDRzSUFBQUFBQUFBQTZ0V3lrdk1UVld5VWxBcVM4d3BUVlc= ',
    'UEsDBBQAAAAIAAAAIQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ',
    '%3A%2F%2F',
    ':\\/\\/',
    'jdbc:',
    '\xfe\xed\xfe\xed\0\0\0\x02',
    'uid=a;pwd=;',
    '\\x67\\x68\\x70',
    '= "',
    'a.b.c',
  ];
  const detector = createDetector();
  const short = 1 << 13;
  const times = 8;

  for (const unit of [...units, [...detector.anchors].map(({ text }) => text).join('')]) {
    const parts = Buffer.from(unit.repeat(Math.ceil(short / unit.length)).slice(0, short), 'latin1');
    const whole = Buffer.from(unit.repeat(Math.ceil((short * times) / unit.length)).slice(0, short * times), 'latin1');

    const scanParts = (): unknown => Array.from({ length: times }, () => detector.scan(parts));
    const scanWhole = (): unknown => detector.scan(whole);
    scanParts();

    // What grew with the square of the length would take eight times as much. A busy machine makes both slower, but not always at once:
    // what seems slow is tried again before it counts, and the clock may tick every 4 ms only.
    let ratio = Infinity;
    for (let round = 0; round < 4 && ratio > 4; round++) ratio = Math.min(ratio, measureCpu(scanWhole) / (measureCpu(scanParts) + 8));

    assert.ok(ratio < 4, `${JSON.stringify(unit.slice(0, 40))}: ${ratio.toFixed(1)} times the processor time of as many bytes in parts`);
  }
});

function* listHostileWindows(rule: Rule): Generator<{ content: Buffer; at: number }> {
  const length = Math.min(4000, (rule.reach ?? defaultReach) + 200);
  const lookBehind = Math.min(2000, rule.lookBehind ?? 0);
  for (const keyword of rule.keywords.slice(0, 2)) {
    for (const pump of pumps) {
      const before = pump.repeat(Math.ceil(lookBehind / pump.length));
      yield { content: Buffer.from(before + keyword + pump.repeat(Math.ceil(length / pump.length)), 'latin1'), at: before.length };
      const both = keyword + pump;
      const runs = both.repeat(Math.ceil(lookBehind / both.length));
      yield { content: Buffer.from(runs + both.repeat(Math.ceil(length / both.length)), 'latin1'), at: runs.length };
    }
  }
  // Examples that fail at the last moment.
  for (const [index, example] of rule.examples.matches.entries()) {
    const text = example(createSampler(`${rule.id}:${index}`)).slice(0, -2);
    const haystack = rule.expression.ignoreCase ? text.toLowerCase() : text;
    const keyword = rule.keywords.find((candidate) => haystack.includes(rule.expression.ignoreCase ? candidate.toLowerCase() : candidate));
    if (!keyword) continue;
    const repeated = text.repeat(Math.ceil(length / text.length));
    yield { content: Buffer.from(repeated, 'latin1'), at: haystack.indexOf(rule.expression.ignoreCase ? keyword.toLowerCase() : keyword) };
  }
}

/** The best of some tries in milliseconds, fewer when one is good enough: others use this machine too. */
function measure(work: () => unknown, tries = 5): number {
  const goodEnough = 0.05;
  let best = Infinity;
  for (let round = 0; round < tries && best > goodEnough; round++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** Processor time of this thread in milliseconds: others who use the machine do not count. Its clock may tick every 4 ms only. */
function measureCpu(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

function readWindow(content: Buffer): number {
  const text = content.toString('latin1');
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum;
}
