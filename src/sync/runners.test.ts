import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { AntError } from '../domain/errors.ts';
import type { ApiResult, RunnerGroup, RunnerList } from '../domain/github-api.ts';
import { AccessProblems } from './access-problems.ts';
import { RunnerWatch } from './runners.ts';

const SINCE_MS = Date.UTC(2026, 10, 23, 12);
const MINUTE_MS = 60_000;
const FAILED: ApiResult<never> = { kind: 'failed', reason: 'down', retryAtMs: null };
const FORBIDDEN: ApiResult<never> = {
  ...{ kind: 'forbidden', permission: 'p', message: 'm', said: '403 m', hint: 'grant it' },
};

function counts(...list: RunnerList['counts']): ApiResult<RunnerList> {
  return listed({ counts: list });
}

function listed(over: Partial<RunnerList>): ApiResult<RunnerList> {
  const data = { total: 1, counts: [], byLabel: [], groups: [], ...over };
  return { kind: 'ok', data, next: null, fromCache: false };
}

interface Opened {
  readonly findTargets?: () => Promise<string[]>;
  readonly byLabel?: boolean;
  /** What is stored. */
  readonly notes?: Map<string, string | null>;
}

function open(targets: string[], { findTargets, byLabel = false, notes = new Map() }: Opened = {}) {
  const asked: string[] = [];
  const { logger, lines } = recordingLogger();
  const time = { nowMs: 0 };
  const answers = new Map<string, ApiResult<RunnerList>>();
  const runners = {
    async listOf(target: string) {
      asked.push(target);
      return answers.get(target) ?? FORBIDDEN;
    },
  };
  const accessProblems = new AccessProblems({ steady: () => time.nowMs, logger });
  const watch = new RunnerWatch({
    runners,
    targets: findTargets ?? (async () => targets),
    byLabel,
    notes: {
      readNote: async (name) => notes.get(name) ?? null,
      writeNote: async (name, text) => void notes.set(name, text),
    },
    clock: () => SINCE_MS + time.nowMs,
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
  assert.deepEqual(accessProblems.leftOut(), ["Runners of octo can't be read (m)."]);
  assert.deepEqual(shown(), []);
  answers.set('octo', counts({ ...IDLE, count: 2 }));
  time.nowMs = 5 * MINUTE_MS;
  await watch.look();
  assert.deepEqual([accessProblems.leftOut(), shown().length, asked.length], [[], 1, 4]);
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
  const { watch, asked, warnings } = open(['octo'], {
    async findTargets() {
      if (failure !== null) throw failure;
      return ['octo'];
    },
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

test('by label, runners are counted where that is wanted', async () => {
  const byLabel = [{ label: 'X64', status: 'online', isBusy: true, count: 4 }];
  for (const isWanted of [true, false]) {
    const { watch, answers, shown } = open(['octo'], { byLabel: isWanted });
    answers.set('octo', listed({ byLabel }));
    await watch.look();
    assert.deepEqual(shown(), isWanted ? ['github_actions_runners_by_label octo X64 online true 4'] : []);
  }
});

const GROUP: RunnerGroup = { id: 5, name: 'Machines', isFree: true };
const LAST_IDLE = 'github_actions_runner_group_last_idle_timestamp_seconds';

test('when a group last had an idle runner is shown, goes on after a restart and with another name, and ends with the group', async () => {
  const notes = new Map<string, string | null>();
  const first = open(['octo'], { notes });
  first.answers.set('octo', listed({ groups: [GROUP, { id: 6, name: 'Never', isFree: false }] }));
  await first.watch.look();
  first.time.nowMs = MINUTE_MS;
  await first.watch.look();
  const idleAt = SINCE_MS / 1000 + 60;
  assert.deepEqual(first.shown(), [`${LAST_IDLE} octo Machines ${idleAt}`]);

  const second = open(['octo'], { notes });
  second.time.nowMs = 10 * MINUTE_MS;
  const busy = { ...GROUP, isFree: false };
  assert.deepEqual(second.shown(), []);
  second.answers.set('octo', listed({ groups: [busy] }));
  await second.watch.look();
  assert.deepEqual(second.shown(), [`${LAST_IDLE} octo Machines ${idleAt}`]);
  second.answers.set('octo', listed({ groups: [{ ...busy, name: 'Renamed' }] }));
  await second.watch.look();
  assert.deepEqual(second.shown(), [`${LAST_IDLE} octo Renamed ${idleAt}`]);
  second.answers.set('octo', listed({ groups: [] }));
  await second.watch.look();
  assert.deepEqual(second.shown(), []);
  assert.equal([...notes.values()].join(), '[]');
});

test('a group that was idle long ago is forgotten', async () => {
  const notes = new Map<string, string | null>();
  const { watch, answers, time } = open(['octo'], { notes });
  answers.set('octo', listed({ groups: [GROUP] }));
  await watch.look();
  time.nowMs = 90 * 86_400_000;
  const groups = [
    { id: 6, name: 'New', isFree: true },
    { ...GROUP, isFree: false },
  ];
  answers.set('octo', listed({ groups }));
  await watch.look();
  assert.ok(!(notes.get('runners/last_idle') ?? 'Machines').includes('Machines'));
});

test('while what was idle cannot be read or stored, it is not overwritten', async () => {
  const notes = new Map<string, string | null>();
  const opened = open(['octo'], { notes });
  const { watch, answers, asked, warnings } = opened;
  answers.set('octo', listed({ groups: [GROUP] }));
  const get = notes.get.bind(notes);
  notes.get = () => {
    throw new AntError('store_unavailable', 'full');
  };
  await watch.look();
  assert.deepEqual([asked, notes.size, warnings().length], [[], 0, 1]);
  notes.get = get;
  notes.set = () => {
    throw new AntError('store_unavailable', 'full');
  };
  await watch.look();
  assert.deepEqual([opened.shown().length, warnings().length], [1, 2]);
  Reflect.deleteProperty(notes, 'set');
  answers.set('octo', listed({ groups: [{ ...GROUP, isFree: false }] }));
  await watch.look();
  assert.equal(notes.size, 1);
});

test('a list of thousands is read less often, and shown for as much longer', async () => {
  const { watch, answers, asked, shown, time } = open(['octo']);
  answers.set('octo', listed({ total: 5000, counts: [{ ...IDLE, count: 5000 }] }));
  for (let minute = 0; minute <= 10; minute += 1) {
    time.nowMs = minute * MINUTE_MS;
    await watch.look();
  }
  assert.equal(asked.length, 3);
  answers.set('octo', FAILED);
  time.nowMs = 35 * MINUTE_MS;
  await watch.look();
  assert.equal(shown().length, 1);
  time.nowMs += 1;
  assert.deepEqual(shown(), []);
});

test('an enterprise that is named and that GitHub does not show is a problem; a user without runners is none', async () => {
  const { watch, accessProblems, answers, warnings } = open(['enterprises/octo-corp', 'ann']);
  answers.set('enterprises/octo-corp', { kind: 'missing' });
  answers.set('ann', { kind: 'missing' });
  await watch.look();
  await watch.look();
  assert.match(
    accessProblems.leftOut().join(),
    /^Runners of enterprises\/octo-corp can't be read \(GitHub answered 404\)\.$/,
  );
  assert.equal(warnings().length, 1);
});
