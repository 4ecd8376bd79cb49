import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseOpenMetrics } from '../openmetrics.ts';
import { startPostgres } from '../postgres.ts';
import { type Service, startService } from '../service.ts';
import { at, completed, inProgress, queued } from '../traps/github.ts';

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0';

async function exemplarsOf(service: Service): Promise<unknown[]> {
  const families = parseOpenMetrics(await service.exposition(OPENMETRICS));
  return families.flatMap(({ samples }) =>
    samples.flatMap(({ name, labels, exemplar }) =>
      exemplar === undefined ? [] : [[name, labels['le'], exemplar]],
    ),
  );
}

test('replicas show the same exemplars, whichever of them took the delivery', async () => {
  const storage = await server.createDatabase();
  await using first = await startService({ storage });
  await using second = await startService({ storage });
  const send = async (service: Service, { event, body }: { event: string; body: string }) =>
    assert.equal((await service.post(event, JSON.parse(body))).status, 202);
  await send(first, queued(0));
  await send(second, inProgress(8));
  await send(first, completed(68));
  await send(second, completed(195, { id: 2, started_at: at(130), completed_at: at(140) }));
  await first.settled();
  await second.settled();
  const shown = await exemplarsOf(first);
  assert.equal(shown.length, 4, 'two durations, and two times in the queue');
  assert.deepEqual(await exemplarsOf(second), shown);
});
