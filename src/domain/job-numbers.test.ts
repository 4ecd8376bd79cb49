import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS } from './catalogue.ts';
import { isJobCounter, isJobMetric, numbersDelivery, pairsOf, readNumbers } from './job-numbers.ts';

test('a delivery contains what the job sent, under prefixed names, with repository and workflow first', () => {
  const told = {
    repository: 'o/r',
    workflow: 'CI',
    numbers: [{ name: 'tests_total', labels: [['suite', 'unit']], value: 5 }] as const,
  };
  const { numbers } = readNumbers(numbersDelivery(told, 'a-guid', 1000));
  assert.deepEqual(numbers, [
    {
      metric: 'job_tests_total',
      labels: ['repository', 'o/r', 'workflow', 'CI', 'suite', 'unit'],
      value: 5,
      atMs: 1000,
    },
  ]);
  assert.deepEqual(pairsOf(numbers[0]?.labels ?? []), [
    ['repository', 'o/r'],
    ['workflow', 'CI'],
    ['suite', 'unit'],
  ]);
});

test('an id in a label value that a job made up is left out', () => {
  const told = {
    repository: 'o/r',
    workflow: 'pip in / - Update #1544086901',
    numbers: [{ name: 'size', labels: [['build', 'b-36926834055-1']], value: 5 }] as const,
  };
  const { numbers } = readNumbers(numbersDelivery(told, 'a-guid', 1000));
  const labels = ['repository', 'o/r', 'workflow', 'pip in / - Update #*', 'build', 'b-*'];
  assert.deepEqual(numbers[0]?.labels, labels);
});

test('none of our metrics has a name that a job could push', () => {
  assert.deepEqual(
    METRICS.filter(({ name }) => isJobMetric(name)),
    [],
  );
});

test('a counter is recognised by its name', () => {
  assert.deepEqual(['job_a_total', 'job_total_a', 'job_a'].map(isJobCounter), [true, false, false]);
});
