import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { pastWorld } from '../simulator/world.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';
import { SILENT } from './fixtures/logger.ts';
import { assertHistoryAddsUp } from './history-sums.ts';
import { deliveryOf, openPipeline } from './pipeline.ts';
import { NOW } from './small-worlds.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/** As if a version without a history had left it. */
const FORGET = `DELETE FROM started_job_facts; DELETE FROM finished_job_facts; DELETE FROM failed_job_facts;
  DELETE FROM flaky_job_facts; DELETE FROM finished_run_facts; DELETE FROM names;
  INSERT INTO history_fill VALUES ('job', -1), ('run', -1);`;

test('the history of a store that has run before is filled in small steps, and adds up', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'state.db');
  const clock = { nowMs: NOW };
  const world = pastWorld({
    seed: 'wasps',
    runs: 60,
    inFlight: 0.1,
    refusals: 0,
    endMs: NOW,
    spanMs: 36 * 3_600_000,
  });
  const sent = Array.from(deliveriesOf(world), ({ guid, event, body }) => ({ guid, event, body: body() }));
  let text: string;
  {
    await using pipeline = await openPipeline({ url: `sqlite:${path}`, clock });
    await pipeline.accept(sent.map((each) => deliveryOf(each, NOW)));
    await pipeline.settle();
    text = await pipeline.text();
  }
  assertHistoryAddsUp(path, text);
  {
    using database = new DatabaseSync(path);
    database.exec(FORGET);
  }
  let steps = 0;
  {
    await using store = await openSqliteStore({ url: `sqlite:${path}`, clock: () => NOW, logger: SILENT });
    while (!(await store.fillHistory(50))) steps += 1;
    assert.ok(await store.fillHistory(50));
  }
  assert.ok(steps > 3, `${steps} steps`);
  assertHistoryAddsUp(path, text);
});
