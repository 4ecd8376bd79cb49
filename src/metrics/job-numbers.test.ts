import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JobNumber } from '../domain/observation.ts';
import { JobNumbers } from './job-numbers.ts';

function number(metric: string, value: number, { suite = 'unit', atMs = 1 } = {}): JobNumber {
  return { metric, labels: ['repository', 'o/r', 'workflow', 'CI', 'suite', suite], value, atMs };
}

function open(maxSeries = 100) {
  let nowMs = 0;
  const numbers = new JobNumbers({ maxSeries, steady: () => nowMs });
  return {
    numbers,
    tell(...told: JobNumber[]) {
      const admitted = numbers.admit(told);
      numbers.apply(admitted.numbers);
      return admitted;
    },
    at(ms: number) {
      nowMs = ms;
    },
    shown: () =>
      numbers
        .families()
        .flatMap(({ metric, series }) => series.map(([text, value]) => `${metric}{${text}} ${value}`)),
  };
}

const UNIT = '{repository="o/r",workflow="CI",suite="unit"}';

test('a counter adds up, and a gauge is its last value', () => {
  const { tell, shown } = open();
  tell(number('job_tests_total', 5), number('job_coverage_ratio', 0.5));
  tell(number('job_tests_total', 2), number('job_coverage_ratio', 0.75));
  assert.deepEqual(shown(), [`job_coverage_ratio${UNIT} 0.75`, `job_tests_total${UNIT} 7`]);
});

test('one batch may contain a series several times', () => {
  const { tell, shown } = open();
  const { numbers, samples } = tell(
    number('job_a_total', 1),
    number('job_a_total', 2),
    number('job_a_total', 3),
  );
  assert.deepEqual(shown(), [`job_a_total${UNIT} 6`]);
  assert.deepEqual(
    numbers.map(({ value }) => value),
    [6],
  );
  assert.deepEqual(
    samples.map(({ value }) => value),
    [1, 3, 6],
  );
});

test('a counter refuses what it could not show, and accepts everything else', () => {
  const { numbers, tell, shown } = open();
  tell(number('job_a_total', 2 ** 53 - 2), number('job_b_total', 2 ** 52), number('job_g', 2 ** 53));
  const last = number('job_a_total', 2);
  const more = [
    number('job_a_total', 3),
    last,
    number('job_a_total', 1),
    number('job_a_total', 0),
    number('job_b_total', 0.125),
    number('job_g', 2 ** 53 + 2),
    number('job_c_total', 5e-324),
  ];
  assert.deepEqual(numbers.uncountable(more), [0, 2, 4]);
  const { numbers: taken, increments } = tell(...more);
  assert.deepEqual(
    increments.map(({ metric, delta }) => [metric, delta]),
    Array(3).fill(['ant_watcher_job_numbers_dropped_total', 1]),
  );
  assert.deepEqual(numbers.uncountable(taken.slice(0, 1)), [0], 'nothing more fits');
  assert.deepEqual(shown(), [
    `job_a_total${UNIT} 9007199254740992`,
    `job_b_total${UNIT} 4503599627370496`,
    `job_c_total${UNIT} 5e-324`,
    `job_g${UNIT} 9007199254740994`,
  ]);
});

test('any order and any division into batches give the same values', () => {
  const one = fc.record({
    metric: fc.constantFrom('job_a_total', 'job_b', 'job_c'),
    suite: fc.constantFrom('x', 'y'),
    value: fc.integer({ min: 0, max: 1000 }),
  });
  fc.assert(
    fc.property(fc.array(one), fc.array(fc.nat(100)), (told, sizes) => {
      const all = told.map(({ metric, suite, value }, index) =>
        number(metric, value, { suite, atMs: index }),
      );
      const [forward, backward] = [open(), open()];
      forward.tell(...all);
      const rest = all.toReversed();
      for (const size of sizes) backward.tell(...rest.splice(0, size));
      backward.tell(...rest);
      assert.deepEqual(backward.shown(), forward.shown());
    }),
  );
});

test('series over the limit go to one series per metric, also within one batch', () => {
  const { tell, shown, numbers } = open(2);
  const { increments } = tell(
    ...['a', 'b', 'c', 'd'].map((suite) => number('job_tests_total', 1, { suite })),
    number('job_other_total', 5),
  );
  assert.deepEqual(shown(), [
    'job_other_total{repository="__other__",workflow="__other__"} 5',
    'job_tests_total{repository="__other__",workflow="__other__"} 2',
    'job_tests_total{repository="o/r",workflow="CI",suite="a"} 1',
    'job_tests_total{repository="o/r",workflow="CI",suite="b"} 1',
  ]);
  assert.deepEqual(
    increments.map(({ labels }) => labels),
    [['job_tests_total'], ['job_tests_total'], ['job_other_total']],
  );
  tell(number('job_tests_total', 1, { suite: 'a' }), number('job_tests_total', 1, { suite: 'e' }));
  assert.equal(numbers.size, 4);
  assert.match(shown().join('\n'), /suite="a"\} 2/);
});

test('jobs may use at most two hundred names', () => {
  const { tell, numbers } = open(1000);
  const names = Array.from({ length: 210 }, (_, index) => number(`job_m${index}`, 1));
  const { increments, samples } = tell(...names);
  assert.equal(numbers.seriesCounts().length, 200);
  assert.equal(increments.length, 10);
  assert.equal(samples.length, 200);
  assert.equal(tell(number('job_new', 1)).numbers.length, 0);
  assert.equal(tell(number('job_m7', 2)).numbers.length, 1);
});

test('nothing changes before it is stored', () => {
  const { numbers, shown } = open();
  numbers.admit([number('job_a_total', 1)]);
  numbers.admit([number('job_a_total', 1)]);
  assert.deepEqual([numbers.size, shown()], [0, []]);
});

test('idle series are forgotten, which makes room', () => {
  const { numbers, tell, at, shown } = open(1);
  tell(number('job_a', 1, { suite: 'old' }));
  at(10);
  const old = ['repository', 'o/r', 'workflow', 'CI', 'suite', 'old'];
  assert.deepEqual(numbers.idle(10), [{ metric: 'job_a', labels: old }]);
  numbers.remove(numbers.idle(10));
  assert.deepEqual([numbers.size, numbers.families()], [0, []]);
  tell(number('job_a', 2));
  assert.deepEqual(numbers.idle(10), []);
  assert.deepEqual(shown(), [`job_a${UNIT} 2`]);
});
