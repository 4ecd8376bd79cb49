import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createObserve } from './observe.ts';
import { actionOf, trimPayload } from './trim-payload.ts';

const observe = createObserve([], { reportsRepositories: true });

function reportOf(event: string, payload: object) {
  const reading = observe({
    guid: 'g',
    event,
    action: actionOf(payload),
    source: 'webhook',
    receivedAtMs: 1_700_000_000_000,
    payload: trimPayload(event, payload),
  });
  assert.ok('observation' in reading);
  return reading.repository;
}

function propertiesIn(custom_properties: unknown) {
  const repository = { id: 7, full_name: 'o/r', custom_properties };
  return reportOf('repository', { action: 'edited', repository })?.properties;
}

test('custom properties are read in each of their forms', () => {
  // As GitHub sends them: text, selection, several of a selection in the order of clicks, yes or no, and unset.
  assert.deepEqual(
    propertiesIn({
      DEPARTMENT: 'JAVATEAM',
      test_ms: ['option_e', 'option_d', 'option_e'],
      test_tf: 'true',
      empty: [],
      unset: null,
      odd: { a: 1 },
    }),
    { DEPARTMENT: 'JAVATEAM', test_ms: 'option_d,option_e', test_tf: 'true' },
  );
  assert.deepEqual(propertiesIn({}), {});
  for (const absent of [undefined, null, 'text', ['a']]) assert.equal(propertiesIn(absent), null);
});

test('there are no more than GitHub allows, and none is longer than a label', () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`p${index}`, 'x'.repeat(500)]));
  const found = propertiesIn(many) ?? {};
  assert.equal(Object.keys(found).length, 100);
  assert.ok(Object.values(found).every(({ length }) => length <= 200));
});

test('an event of changed properties has the new values, wherever they are in it', () => {
  const repository = { id: 7, full_name: 'o/r', custom_properties: { team: 'old', tier: '1' } };
  const payload = {
    action: 'updated',
    repository,
    new_property_values: [
      { property_name: 'team', value: 'new' },
      { property_name: 'tier', value: null },
    ],
    old_property_values: [{ property_name: 'team', value: 'old' }],
  };
  const reported = reportOf('custom_property_values', payload);
  assert.deepEqual(reported, {
    name: 'o/r',
    repositoryId: 7,
    properties: { team: 'new' },
    atMs: 1_700_000_000_000,
  });
});
