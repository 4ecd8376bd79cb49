import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { AntError } from '../domain/errors.ts';
import type { ApiResult, RunnerCount } from '../domain/github-api.ts';
import { AccessProblems } from './access-problems.ts';
import { RunnerWatch } from './runners.ts';

const MINUTE_MS = 60_000;
const FAILED: ApiResult<never> = { kind: 'failed', reason: 'down', retryAtMs: null };
const FORBIDDEN: ApiResult<never> = {
  ...{ kind: 'forbidden', permission: 'p', message: 'm', said: '403 m', hint: 'grant it' },
};

function counts(...list: RunnerCount[]): ApiResult<readonly RunnerCount[]> {
  return { kind: 'ok', data: list, next: null, fromCache: false };
}

function open(targets: string[], findTargets = async () => targets) {
  const asked: string[] = [];
  const { logger, lines } = recordingLogger();
  const time = { nowMs: 0 };
  const answers = new Map<string, ApiResult<readonly RunnerCount[]>>();
  const runners = {
    async countsOf(target: string) {
      asked.push(target);
      return answers.get(target) ?? FORBIDDEN;
    },
  };
  const accessProblems = new AccessProblems({ steady: () => time.nowMs, logger });
  const watch = new RunnerWatch({
    runners,
    targets: findTargets,
    steady: () => time.nowMs,
    logger,
    accessProblems,
  });
  const shown = () =>
    watch.readings().map(({ metric, labels, value }) => [metric, ...labels, value].join(' '));
  const warnings = () => lines.filter(({ level }) => level === 'warn');
  return { watch, accessProblems, answers, asked, warnings, time, shown };
}

const IDLE = { group: 'Machines', status: 'online', isBusy: false };

test('the gauges show how many runners there are, by group and state', async () => {
  const { watch, answers, shown } = open(['octo', 'ants/hill']);
  answers.set('octo', counts({ ...IDLE, count: 2 }, { ...IDLE, isBusy: true, count: 1 }));
  answers.set('ants/hill', counts({ ...IDLE, status: 'offline', count: 3 }));
  assert.deepEqual(shown(), []);
  await watch.look();
  assert.deepEqual(shown(), [
    'github_actions_runners octo Machines online false 2',
    'github_actions_runners octo Machines online true 1',
    'github_actions_runners ants/hill Machines offline false 3',
  ]);
});

test('runners that cannot be read for a while disappear from the gauges, which is logged once', async () => {
  const { watch, answers, shown, time, warnings } = open(['octo']);
  answers.set('octo', counts({ ...IDLE, count: 2 }));
  await watch.look();
  answers.set('octo', FAILED);
  for (let minute = 1; minute <= 5; minute += 1) {
    time.nowMs = minute * MINUTE_MS;
    await watch.look();
    assert.equal(shown().length, 1);
  }
  time.nowMs += 1;
  const [warning, ...others] = warnings();
  assert.deepEqual([shown(), warning?.target, warning?.reason, others], [[], 'octo', 'down', []]);
  answers.set('octo', counts({ ...IDLE, count: 7 }));
  await watch.look();
  assert.deepEqual(shown(), ['github_actions_runners octo Machines online false 7']);
  answers.set('octo', FAILED);
  await watch.look();
  assert.equal(warnings().length, 2);
});

test('a place that was never readable, or is missing, is asked again after an hour', async () => {
  const { watch, answers, asked, shown, time, warnings } = open(['octo']);
  answers.set('octo', FORBIDDEN);
  await watch.look();
  await watch.look();
  assert.deepEqual([shown(), warnings()], [[], []]);
  time.nowMs = 60 * MINUTE_MS - 1;
  await watch.look();
  assert.equal(asked.length, 1);
  answers.set('octo', { kind: 'missing' });
  time.nowMs += 1;
  await watch.look();
  assert.equal(asked.length, 2);
});

test('runners that become unreadable are a problem, and are tried again after five minutes', async () => {
  const { watch, accessProblems, answers, asked, shown, time } = open(['octo', 'never']);
  answers.set('octo', counts({ ...IDLE, count: 2 }));
  await watch.look();
  answers.set('octo', FORBIDDEN);
  await watch.look();
  assert.deepEqual(accessProblems.sentences(), ["runners of octo can't be read (m): grant it."]);
  assert.deepEqual(shown(), []);
  answers.set('octo', counts({ ...IDLE, count: 2 }));
  time.nowMs = 5 * MINUTE_MS;
  await watch.look();
  assert.deepEqual([accessProblems.sentences(), shown().length, asked.length], [[], 1, 4]);
});

test('an exhausted limit is waited for', async () => {
  const { watch, answers, asked, time } = open(['octo']);
  answers.set('octo', { ...FAILED, retryAtMs: 5000 });
  await watch.look();
  time.nowMs = 4999;
  await watch.look();
  assert.equal(asked.length, 1);
  time.nowMs = 5000;
  await watch.look();
  assert.equal(asked.length, 2);
});

test('when the store cannot list the places, they are read next time; a bug is not hidden', async () => {
  let failure: Error | null = new AntError('store_unavailable', 'full');
  const { watch, asked, warnings } = open(['octo'], async () => {
    if (failure !== null) throw failure;
    return ['octo'];
  });
  await watch.look();
  failure = null;
  await watch.look();
  assert.deepEqual([asked, warnings().length], [['octo'], 1]);
  failure = new TypeError('a bug');
  await assert.rejects(watch.look(), TypeError);
});

test('once stopped, nothing more is read, and a closed client is not an error', async () => {
  const { watch, answers, asked, warnings } = open(['octo', 'ants']);
  answers.get = () => {
    watch.stop();
    return FAILED;
  };
  await watch.look();
  assert.deepEqual([asked, warnings()], [['octo'], []]);
});

test('why no runners are counted is said, until some are', async () => {
  const { watch, answers, time } = open(['ann', 'octo']);
  assert.equal(watch.missing(), 'Runners have not been counted yet.');
  answers.set('ann', { kind: 'missing' });
  await watch.look();
  assert.equal(watch.missing(), 'GitHub does not list the runners of octo (m): grant it.');
  answers.set('octo', counts({ ...IDLE, count: 2 }));
  time.nowMs = 61 * MINUTE_MS;
  await watch.look();
  assert.equal(watch.missing(), null);
});

test('a user has no runners', async () => {
  const { watch, answers } = open(['ann']);
  answers.set('ann', { kind: 'missing' });
  await watch.look();
  assert.equal(watch.missing(), 'GitHub knows no self-hosted runners of ann that this login may see.');
});
