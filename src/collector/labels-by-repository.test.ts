import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, EVENTS } from '../domain/catalogue.ts';
import { zeroOf } from '../domain/metric.ts';
import type { ObservationResult } from '../domain/observation.ts';
import { NO_CHANGES } from '../domain/transaction.ts';
import { namedLabelsOf } from '../push/samples/named-labels.ts';
import { LabelsByRepository, NO_LABELS, repositoriesOf } from './labels-by-repository.ts';

const KNOWN = { ...NO_CHANGES, forgottenBeforeMs: null };

function reading(team: string | null, atMs: number): ObservationResult {
  const properties = team === null ? null : { team };
  return {
    observation: {
      kind: 'dispatch',
      source: 'webhook',
      observedAtMs: atMs,
      repository: 'o/r',
      workflow: 'CI',
    },
    repository: { name: 'o/r', repositoryId: 1, properties, atMs },
  };
}

function open() {
  return new LabelsByRepository([{ label: 'team', property: 'team', values: [] }], KNOWN);
}

test('series that must exist at 0 do so for each team', () => {
  const labels = open();
  const group = { key: 'k', zeros: () => [zeroOf(DOMAIN.reruns, ['o/r', 'CI', 'all'])] };
  const groups = [labels.of(reading('a', 1)), labels.of(reading('b', 2))].map((own) => own.inGroup(group));
  assert.equal(new Set(groups.map(({ key }) => key)).size, 2);
  assert.deepEqual(
    groups.map(({ zeros }) => zeros()[0]?.labels.at(-1)),
    ['team="a"', 'team="b"'],
  );
});

test('a batch knows what it has reported itself, and stores the latest of it once', () => {
  const labels = open();
  labels.of(reading('a', 2));
  labels.of(reading('b', 1));
  assert.deepEqual(labels.of(reading(null, 3)).explained.repositoryLabels, [
    { label: 'team', value: 'a', from: 'known' },
  ]);
  assert.deepEqual(labels.changed(), [{ name: 'o/r', repositoryId: 1, properties: { team: 'a' }, atMs: 2 }]);
  assert.equal(labels.of({ ignored: 'no_job' }), NO_LABELS);
  const batch = [reading('a', 1), reading(null, 2), { ignored: 'no_job' } as const];
  assert.deepEqual(repositoriesOf(batch.map((each) => ({ reading: each }))), [
    { name: 'o/r', repositoryId: 1 },
  ]);
});

test('samples are pushed with these labels by their names', () => {
  const sample = { metric: EVENTS.jobQueue.name, labels: ['o/r', 'CI', 'build', 'x'], value: 1, atMs: 5 };
  const samples = open().of(reading('a "b"', 1)).on([sample]);
  const [labels] = samples.map((each) => namedLabelsOf(each.metric, each.labels));
  assert.deepEqual(labels, [
    ['repository', 'o/r'],
    ['workflow', 'CI'],
    ['job_name', 'build'],
    ['runs_on', 'x'],
    ['team', 'a "b"'],
  ]);
});
