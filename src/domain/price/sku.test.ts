import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RunnerFacts, runnerKindOf } from './sku.ts';

function hosted(label: string): RunnerFacts {
  return { runsOn: [label], runnerGroup: 'GitHub Actions', runnerName: 'GitHub Actions 1000018028' };
}

const STANDARD: Readonly<Record<string, string>> = {
  'ubuntu-slim': 'linux_slim',
  'ubuntu-latest': 'linux',
  'ubuntu-22.04': 'linux',
  'ubuntu-26.04': 'linux',
  'Ubuntu-Latest': 'linux',
  'ubuntu-24.04-arm': 'linux_2_core_arm',
  'windows-latest': 'windows',
  'windows-2025': 'windows',
  'windows-2025-vs2026': 'windows',
  'windows-11-arm': 'windows_2_core_arm',
  'macos-latest': 'macos',
  'macos-10.15': 'macos',
  'macos-26': 'macos',
  'macos-15-intel': 'macos',
};

for (const [label, sku] of Object.entries(STANDARD)) {
  test(`${label} is a standard runner`, () => {
    assert.deepEqual(runnerKindOf(hosted(label)), { sku, isStandard: true });
  });
}

const LARGER: Readonly<Record<string, string>> = {
  'macos-latest-large': 'macos_l',
  'macos-14-large': 'macos_l',
  'macos-26-intel-large': 'macos_l',
  'macos-latest-xlarge': 'macos_xl',
  'macos-26-xlarge': 'macos_xl',
};

for (const [label, sku] of Object.entries(LARGER)) {
  test(`${label} is a larger runner, in any group`, () => {
    for (const runnerGroup of ['GitHub Actions', 'Default Larger Runners', null]) {
      assert.deepEqual(runnerKindOf({ ...hosted(label), runnerGroup }), { sku, isStandard: false });
    }
  });
}

test('custom labels of larger runners have no known SKU', () => {
  for (const label of [
    'ubuntu-latest-8-cores',
    'ubuntu-latest-m',
    'ubuntu-24.04-16core',
    'windows-latest-8core-32gb',
    'my-ubuntu-latest',
    'macos-latest-xl',
    'linux_16_core',
    '',
  ]) {
    assert.equal(runnerKindOf(hosted(label)), null, label);
  }
});

test('a standard label in a custom group is not a standard runner', () => {
  const runnerGroup = 'Default Larger Runners';
  assert.equal(runnerKindOf({ ...hosted('ubuntu-latest'), runnerGroup }), null);
});

test('without a group the runner name decides, and without both the label', () => {
  const runner = { ...hosted('ubuntu-latest'), runnerGroup: null };
  assert.equal(runnerKindOf(runner)?.sku, 'linux');
  assert.equal(runnerKindOf({ ...runner, runnerName: null })?.sku, 'linux');
  assert.equal(runnerKindOf({ ...runner, runnerName: 'build-7' }), null);
  assert.equal(runnerKindOf({ ...runner, runnerName: 'not GitHub Actions 7' }), null);
});

test('the label self-hosted decides, whatever other labels there are', () => {
  for (const runsOn of [['self-hosted'], ['Linux', 'Self-Hosted', 'X64'], ['ubuntu-latest', 'self-hosted']]) {
    assert.deepEqual(runnerKindOf({ runsOn, runnerGroup: 'Default', runnerName: 'build-7' }), {
      sku: 'self_hosted',
      isStandard: false,
    });
  }
});

test('a job with no label, or with several, has an unknown runner', () => {
  assert.equal(runnerKindOf({ ...hosted(''), runsOn: [] }), null);
  assert.equal(runnerKindOf({ ...hosted(''), runsOn: ['ubuntu-latest', 'gpu'] }), null);
});
