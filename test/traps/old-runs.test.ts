import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgettableBeforeMs } from '../../src/domain/forgetting.ts';
import { forgetRuns } from '../forget-runs.ts';
import { deliveryOf, openPipeline, type Webhook } from '../pipeline.ts';
import { withoutZeros } from '../samples.ts';

/* A forgotten run is reported again as GitHub would; one that lasted a month and ended today is not old. */

const DAY_MS = 86_400_000;
const END_MS = Date.UTC(2026, 5, 1);
let guids = 0;

function sent(event: 'workflow_run' | 'workflow_job', object: object): Webhook {
  guids += 1;
  const repository = { full_name: 'octo/ants', default_branch: 'main' };
  return {
    guid: `g${guids}`,
    event,
    body: JSON.stringify({ action: 'completed', repository, [event]: object }),
  };
}

function runEnd(id: number, startMs: number, endMs: number): Webhook {
  return sent('workflow_run', {
    ...{ id, run_attempt: 1, name: 'CI', event: 'push', head_branch: 'topic', status: 'completed' },
    conclusion: 'success',
    created_at: new Date(startMs).toISOString(),
    run_started_at: new Date(startMs).toISOString(),
    updated_at: new Date(endMs).toISOString(),
  });
}

function jobEnd(id: number, runId: number, endMs: number): Webhook {
  return sent('workflow_job', {
    ...{ id, run_id: runId, run_attempt: 1, name: 'build', workflow_name: 'CI', status: 'completed' },
    ...{ conclusion: 'success', labels: ['ubuntu-latest'], runner_id: 5, runner_name: 'r', steps: [] },
    created_at: new Date(endMs - 9000).toISOString(),
    started_at: new Date(endMs - 5000).toISOString(),
    completed_at: new Date(endMs).toISOString(),
  });
}

test('a forgotten run is ignored in any order of its events, and a run of a month counts when it ends', async () => {
  for (const isRunFirst of [true, false]) {
    const clock = { nowMs: END_MS };
    await using pipeline = await openPipeline({ clock });
    const accept = async (...all: Webhook[]) => {
      const order = isRunFirst ? all : all.toReversed();
      await pipeline.accept(order.map((each) => deliveryOf(each, clock.nowMs)));
      await pipeline.process();
    };
    const counts = async () => {
      const lines = withoutZeros((await pipeline.text('')).split('\n'));
      return [
        'github_actions_runs_total{',
        'github_actions_jobs_total{',
        'observations_total{reason="too_old"',
      ].map((name) =>
        Number(
          lines
            .find((line) => line.includes(name))
            ?.split(' ')
            .at(-1) ?? 0,
        ),
      );
    };
    await accept(runEnd(1, END_MS - 60_000, END_MS), jobEnd(10, 1, END_MS));
    clock.nowMs += 40 * DAY_MS;
    assert.equal(await forgetRuns(pipeline, forgettableBeforeMs(DAY_MS, clock.nowMs)), 2);
    await accept(runEnd(1, END_MS - 60_000, END_MS), jobEnd(10, 1, END_MS));
    assert.deepEqual(await counts(), [1, 1, 2]);
    const explained = await pipeline.store.explainJob(10);
    assert.match(explained.observations[0]?.why ?? '', /may have been counted and forgotten/);
    const { nowMs } = clock;
    await accept(runEnd(2, nowMs - 30 * DAY_MS, nowMs), jobEnd(20, 2, nowMs - 29 * DAY_MS));
    assert.deepEqual(await counts(), [2, 2, 2]);
  }
});
