import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import { DOMAIN, METRICS } from '../domain/catalogue.ts';
import { parseLabelPatterns } from '../domain/label-patterns.ts';
import type { LabelPolicy } from '../domain/label-policy.ts';
import { countOf, type Increment, type SeriesGroup, zeroOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { Registry } from './registry.ts';

const { dispatches } = DOMAIN;

function openRegistry(maxSeries: number, labelPolicy: LabelPolicy = new Map()) {
  let nowMs = 1000;
  const registry = new Registry(METRICS, { logger: SILENT, steady: () => nowMs, labelPolicy, maxSeries });
  return { registry, at: (ms: number) => (nowMs = ms) };
}

function add(registry: Registry, increments: readonly Increment[]): Increment[] {
  const admitted = registry.admit({ increments, samples: [], groups: [] }, 0);
  registry.apply(admitted.increments);
  return [...admitted.increments];
}

function shown(registry: Registry) {
  return registry.seriesOf(dispatches).map(({ labels, cells }) => `${labels} ${cells[0]}`);
}

test('over the limit, increments go to the overflow series and are counted, and known series go on', () => {
  const { registry } = openRegistry(2);
  const names = ['a', 'b', 'c', 'd', 'a'];
  const admitted = add(
    registry,
    names.map((name) => countOf(dispatches, ['o/r', name])),
  );
  assert.deepEqual(shown(registry), [
    'repository="__other__",workflow="__other__" 2',
    'repository="o/r",workflow="a" 2',
    'repository="o/r",workflow="b" 1',
  ]);
  const dropped = admitted.filter(({ metric }) => metric === SELF.seriesDropped.name);
  assert.deepEqual(dropped, [
    countOf(SELF.seriesDropped, [dispatches.name]),
    countOf(SELF.seriesDropped, [dispatches.name]),
  ]);
});

test('a series is created when it is stored, also at the limit: what was not stored then does not count', () => {
  const { registry } = openRegistry(1);
  const increments = [countOf(dispatches, ['o/r', 'a'])];
  registry.admit({ increments, samples: [], groups: [] }, 1000);
  registry.apply(registry.admit({ increments, samples: [], groups: [] }, 2000).increments);
  assert.deepEqual(
    registry.seriesOf(dispatches).map(({ createdAtMs }) => createdAtMs),
    [2000],
  );
});

test('series stored with more labels than the policy keeps are shown without them', () => {
  const { registry } = openRegistry(
    10,
    new Map([[dispatches.name, { words: new Set(['workflow']), isKept: false }]]),
  );
  registry.restore(
    ['a', 'b'].map((name) => ({
      metric: dispatches.name,
      labels: ['o/r', name],
      cell: 0,
      value: 3,
      createdAtMs: null,
    })),
  );
  add(registry, [countOf(dispatches, ['o/r', 'c'])]);
  assert.deepEqual(shown(registry), ['repository="o/r" 7']);
});

test('idle series are forgotten, recently increased ones stay', () => {
  const { registry, at } = openRegistry(10);
  add(registry, [countOf(dispatches, ['o/r', 'a']), countOf(dispatches, ['o/r', 'b'])]);
  at(5000);
  add(registry, [countOf(dispatches, ['o/r', 'b'])]);
  const idle = registry.idle(2000);
  assert.deepEqual(idle, [{ metric: dispatches.name, labels: ['o/r', 'a'] }]);
  registry.remove(idle);
  assert.deepEqual(shown(registry), ['repository="o/r",workflow="b" 2']);
  add(registry, [countOf(dispatches, ['o/r', 'a'])]);
  assert.deepEqual(shown(registry), ['repository="o/r",workflow="a" 1', 'repository="o/r",workflow="b" 2']);
});

test('series that a pattern makes equal are merged: when added, when stored, and in samples', () => {
  const parsed = parseLabelPatterns('workflow=Preview of *');
  assert.ok('patterns' in parsed);
  const options = { logger: SILENT, steady: () => 1000, labelPolicy: new Map(), maxSeries: 100 };
  const registry = new Registry(METRICS, { ...options, labelPatterns: parsed.patterns });
  const cell = {
    metric: dispatches.name,
    labels: ['o/r', 'Preview of 12'],
    cell: 0,
    value: 4,
    createdAtMs: null,
  };
  registry.restore([cell, { ...cell, labels: ['o/r', 'Preview of 13'] }]);
  const admitted = add(registry, [countOf(dispatches, ['o/r', 'Preview of 14'])]);
  assert.deepEqual(shown(registry), ['repository="o/r",workflow="Preview of *" 9']);
  assert.deepEqual(admitted[0]?.labels, ['o/r', 'Preview of *']);
});

/** A group of two series, `a` that counts and `b` that never does. */
const group: SeriesGroup = {
  key: 'g',
  zeros: () => zerosOf(dispatches, ['o/r'], ['a', 'b']),
};

function addWithGroup(registry: Registry, increments: readonly Increment[] = []): readonly Increment[] {
  const admitted = registry.admit({ increments, samples: [], groups: [group] }, 0);
  registry.apply(admitted.increments);
  registry.holdGroups([group]);
  return admitted.increments;
}

test('a new group adds its missing series at 0', () => {
  const { registry } = openRegistry(10);
  add(registry, [countOf(dispatches, ['o/r', 'a'])]);
  assert.deepEqual(addWithGroup(registry), [zeroOf(dispatches, ['o/r', 'b'])]);
  assert.deepEqual(addWithGroup(registry), []);
  assert.deepEqual(shown(registry), ['repository="o/r",workflow="a" 1', 'repository="o/r",workflow="b" 0']);
});

test('a group whose transaction was rolled back adds its series again', () => {
  const { registry } = openRegistry(10);
  const told = { increments: [], samples: [], groups: [group] };
  const first = registry.admit(told, 0);
  assert.deepEqual(registry.admit(told, 0), first);
  assert.equal(first.increments.length, 2);
});

test('series at 0 do not exceed the limit, and none is counted as dropped', () => {
  const { registry } = openRegistry(1);
  assert.deepEqual(addWithGroup(registry), [zeroOf(dispatches, ['o/r', 'a'])]);
  assert.deepEqual(shown(registry), ['repository="o/r",workflow="a" 0']);
});

test('series at 0 leave half of the room to series that count', () => {
  const { registry } = openRegistry(4);
  const zeros = ['a', 'b', 'c', 'd'].map((workflow) => zeroOf(dispatches, ['o/r', workflow]));
  const counts = ['e', 'f'].map((workflow) => countOf(dispatches, ['o/r', workflow]));
  for (const increments of [zeros, counts]) add(registry, increments);
  assert.deepEqual(
    shown(registry).map((line) => line.slice(-3)),
    ['" 0', '" 0', '" 1', '" 1'],
  );
});

test('no series of a group is idle while the group is active', () => {
  const { registry, at } = openRegistry(10);
  addWithGroup(registry, [countOf(dispatches, ['o/r', 'a'])]);
  at(5000);
  addWithGroup(registry);
  assert.deepEqual(registry.idle(2000), []);
  const idle = registry.idle(6000);
  assert.deepEqual(
    idle.map(({ labels }) => labels[1]),
    ['a', 'b'],
  );
  registry.remove(idle);
  assert.equal(addWithGroup(registry).length, 2, 'forgotten, the group is new again');
});
