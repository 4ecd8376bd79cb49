import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeQuoted } from '../../domain/label-text.ts';
import type { ParsedNumbers } from './number-rules.ts';
import { readNumbersJson } from './numbers-json.ts';
import { readNumbersText } from './numbers-text.ts';

function problemsIn(found: ParsedNumbers): string {
  return 'problems' in found ? found.problems.join('; ') : `no problem: ${JSON.stringify(found)}`;
}

function inText(text: string): ParsedNumbers {
  return readNumbersText(text, 5);
}

function inJson(...metrics: unknown[]): ParsedNumbers {
  return readNumbersJson(JSON.stringify({ metrics }), 5);
}

test('text and JSON mean the same', () => {
  const text = `
# HELP tests_total Tests that ran.
# TYPE tests_total counter
tests_total{suite="unit",shard="1",} 5
tests_total{ shard = "2" , suite="a \\"b\\" \\\\ \\n}" } 5e0\r
# TYPE coverage_ratio gauge
coverage_ratio 0.875
\tsize_bytes{empty=""} +1.5E+3
# EOF`;
  const expected = {
    numbers: [
      {
        name: 'tests_total',
        labels: [
          ['shard', '1'],
          ['suite', 'unit'],
        ],
        value: 5,
      },
      {
        name: 'tests_total',
        labels: [
          ['shard', '2'],
          ['suite', 'a "b" \\ \n}'],
        ],
        value: 5,
      },
      { name: 'coverage_ratio', labels: [], value: 0.875 },
      { name: 'size_bytes', labels: [], value: 1500 },
    ],
  };
  assert.deepEqual(inText(text), expected);
  assert.deepEqual(
    inJson(
      { name: 'tests_total', value: 5, labels: { suite: 'unit', shard: '1' } },
      { name: 'tests_total', value: 5, labels: { suite: 'a "b" \\ \n}', shard: '2' } },
      { name: 'coverage_ratio', value: 0.875 },
      { name: 'size_bytes', value: 1500, labels: { empty: '' } },
    ),
    expected,
  );
});

for (const [line, problem] of [
  ['9lives 1', /line 1 is no metric name/],
  ['a:b 1', /line 1 is no metric name/],
  [`${'a'.repeat(101)} 1`, /line 1 is no metric name/],
  ['github_actions_runs_total 1', /must not begin with github_actions_/],
  ['ant_watcher_x 1', /must not begin with ant_watcher_/],
  ['__name 1', /must not begin with __/],
  ['a_created 1', /must not end in _created/],
  ['a{repository="o/r"} 1', /must not have the label repository/],
  ['a{workflow="x"} 1', /must not have the label workflow/],
  ['a{run_id="1"} 1', /must not have the label run_id/],
  ['a{run_attempt="1"} 1', /must not have the label run_attempt/],
  ['a{le="1"} 1', /histograms and summaries are not taken/],
  ['a{__name__="b"} 1', /no label name/],
  ['a{b="1",b="2"} 1', /label b twice/],
  [`a{b="${'x'.repeat(201)}"} 1`, /more than 200 characters/],
  [`a{${Array.from({ length: 11 }, (_, index) => `l${index}="x"`).join(',')}} 1`, /more than 10 labels/],
  ['a 1 1700000000000', /a time is not taken/],
  ['a 1 # {trace_id="x"} 1', /a time is not taken/],
  ['a NaN', /must be a number/],
  ['a +Inf', /must be a number/],
  ['a 1e16', /must be a number/],
  ['a 0x10', /must be a number/],
  ['a_total -1', /must not be negative/],
  ['a', /is not NAME/],
  ['a{b="c" 1', /is not NAME/],
  ['a{b=c} 1', /is not NAME/],
  ['a{b="c"d="e"} 1', /is not NAME/],
  ['{b="c"} 1', /is not NAME/],
  ['# TYPE a histogram', /only counters and gauges/],
  ['# TYPE a summary', /only counters and gauges/],
  ['# TYPE a counter', /must end in _total/],
  ['# TYPE a_total gauge', /must not end in _total/],
  ['a 1\na 2', /line 2 repeats a series/],
  ['a{b="1"} 1\na{b="1",c=""} 2', /line 2 repeats a series/],
  ['', /the body has no number/],
  ['# HELP a b', /the body has no number/],
  ['a 1\nb 1\nc 1\nd 1\ne 1\nf 1', /line 6 is one too many: at most 5/],
] as const) {
  test(`the text ${JSON.stringify(line.slice(0, 40))} is refused, with its line number`, () => {
    assert.match(problemsIn(inText(line)), problem);
  });
}

for (const [metric, problem] of [
  [null, /metrics\[0\] must be an object/],
  [[], /metrics\[0\] must be an object/],
  [{ name: 'a', value: 1, type: 'gauge' }, /metrics\[0\] has "type"/],
  [{ value: 1 }, /metrics\[0\]\.name must be a text/],
  [{ name: 'a' }, /metrics\[0\]\.value must be a number/],
  [{ name: 'a', value: '1' }, /metrics\[0\]\.value must be a number/],
  [{ name: 'a', value: 1, labels: [] }, /metrics\[0\]\.labels must be an object of texts/],
  [{ name: 'a', value: 1, labels: { b: 1 } }, /metrics\[0\]\.labels must be an object of texts/],
  [{ name: 'a', value: 1, labels: null }, /metrics\[0\]\.labels must be an object of texts/],
  [{ name: 'a', value: 1, labels: { b: '\ud800' } }, /half a character/],
  [{ name: 'a', value: 1, labels: { repository: 'x' } }, /must not have the label repository/],
] as const) {
  test(`the metric ${JSON.stringify(metric)} is refused, with its position`, () => {
    assert.match(problemsIn(inJson(metric)), problem);
  });
}

test('a body in another format is refused', () => {
  for (const body of [
    '',
    '{',
    '[]',
    '{}',
    '{"metrics":{}}',
    '{"metrics":[],"repository":"o/r"}',
    '"metrics"',
  ])
    assert.match(problemsIn(readNumbersJson(body, 5)), /the body must be/);
  assert.match(problemsIn(readNumbersJson('{"metrics":[]}', 5)), /the body has no number/);
  assert.match(
    problemsIn(readNumbersJson('{"metrics":[{"name":"a","value":1,"__proto__":{}}]}', 5)),
    /has "__proto__"/,
  );
  assert.match(
    problemsIn(readNumbersJson('{"metrics":[{"name":"a","value":1,"labels":{"__proto__":"x"}}]}', 5)),
    /no label name/,
  );
});

test('only the first problems are listed', () => {
  const found = inText('9 1\n'.repeat(1000));
  assert.ok('problems' in found);
  assert.equal(found.problems.length, 5);
});

test('every label value is read as it was written', () => {
  const label = fc.string({ unit: 'grapheme', maxLength: 40, minLength: 1 });
  fc.assert(
    fc.property(label, fc.integer(), (text, value) => {
      const labels = [
        ['b', text],
        ['c', 'x'],
      ];
      assert.deepEqual(inText(`a{b="${escapeQuoted(text)}",c="x"} ${value}`), {
        numbers: [{ name: 'a', labels, value }],
      });
    }),
  );
});

test('any input is read or refused in a short time', () => {
  const hard = [
    'a{',
    'a'.repeat(200_000),
    `a${' '.repeat(200_000)}`,
    `a{${'b="",'.repeat(40_000)}} 1`,
    `a{b="${'\\'.repeat(200_000)}`,
    '{}'.repeat(100_000),
    `a ${'1 '.repeat(100_000)}`,
    `# TYPE ${' '.repeat(200_000)}`,
    // Neither is a space or a tab, but some programs end a line at either.
    ...['\r', '\u2028'].flatMap((end) => [
      `a{${'} b '.repeat(100_000)}${end}c`,
      `a${' '.repeat(400_000)}b${end}c`,
    ]),
  ];
  for (const text of hard) assert.match(problemsIn(inText(text)), /line 1|no number/, text.slice(0, 20));
  fc.assert(fc.property(fc.string(), (text) => void inText(text)));
  fc.assert(fc.property(fc.json(), (text) => void readNumbersJson(text, 5)));
});
