import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderExposition } from '../src/metrics/exposition.ts';
import { deliveryOf, openPipeline, type Pipeline } from './pipeline.ts';
import { openTemporaryFolder } from './temporary-folder.ts';
import { completed, NOW, queued } from './traps/github.ts';

async function createdLines({ registry }: Pipeline, createdTimestamps = true): Promise<string[]> {
  const options = { registry, readings: [], format: 'openmetrics', createdTimestamps } as const;
  const text = Buffer.from(await renderExposition(options)).toString();
  return text.split('\n').filter((line) => line.includes('_created'));
}

test('a series shows when it began, and the same after a restart and after any increment', async () => {
  using folder = openTemporaryFolder();
  const url = `sqlite:${join(folder.path, 'created.db')}`;
  const clock = { nowMs: NOW };
  let before: string[];
  {
    await using pipeline = await openPipeline({ url, clock });
    await pipeline.accept([deliveryOf(queued(0), NOW)]);
    await pipeline.process();
    before = await createdLines(pipeline);
    const jobs = before.filter((line) => line.startsWith('github_actions_jobs_created{'));
    assert.equal(jobs.length, 3);
    for (const line of jobs) assert.ok(line.endsWith(`} ${NOW / 1000}`), line);
    assert.deepEqual(await createdLines(pipeline, false), []);
    clock.nowMs += 60_000;
    await pipeline.accept([deliveryOf(completed(68), clock.nowMs)]);
    await pipeline.process();
    const after = new Set(await createdLines(pipeline));
    assert.deepEqual(
      before.filter((line) => !after.has(line)),
      [],
    );
    before = [...after];
  }
  clock.nowMs += 60_000;
  await using restarted = await openPipeline({ url, clock });
  assert.deepEqual(await createdLines(restarted), before);
});
