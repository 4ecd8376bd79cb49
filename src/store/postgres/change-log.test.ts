import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { type CutConnections, openCutConnections } from '../../../test/cut-connections.ts';
import { startPostgres } from '../../../test/postgres.ts';
import {
  added,
  createTables,
  type Member,
  openMember,
  query,
  store,
  stored,
} from '../../../test/postgres-members.ts';
import type { Counts } from './write.ts';

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

const CASES = Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);

async function database(): Promise<string> {
  const url = await server.createDatabase();
  await createTables(url);
  return url;
}

const ONE: Counts = { increments: [added(['a'], 1)] };

test('a process has what others have stored, before it decides and when it catches up', async () => {
  const url = await database();
  await using first = await openMember(url);
  await using second = await openMember(url);
  await store(first, ONE);
  await second.fleet.catchUp();
  assert.deepEqual([second.memory.values, second.memory.replaced], [{ 'm a 0': 1 }, 1]);
  await store(first, { increments: [added(['a'], 2), added(['b', 'c'], 5, 3)] });
  await second.write(async ({ begun }) => {
    await begun;
    assert.deepEqual(second.memory.values, { 'm a 0': 3, 'm b c 3': 5 });
    return { result: undefined };
  });
  await store(first, { removed: [{ metric: 'm', labels: ['a'] }] });
  await store(second, { increments: [added(['a'], 7)] });
  assert.deepEqual(second.memory.values, { 'm a 0': 7, 'm b c 3': 5 });
  await first.fleet.catchUp();
  assert.deepEqual(first.memory.values, second.memory.values);
  assert.deepEqual(await stored(url), second.memory.values);
  assert.equal(second.memory.replaced, 1);
});

test('others get the exemplars of what was added, the latest of each cell', async () => {
  const url = await database();
  await using first = await openMember(url);
  await using second = await openMember(url);
  await second.fleet.catchUp();
  const exemplar = (jobId: number | null, atMs: number) => ({
    exemplar: { runId: 17_000_000_001, runAttempt: 2, jobId, ms: 1500, atMs },
  });
  const increments = [
    { ...added(['a'], 1), ...exemplar(1, 2000) },
    added(['b'], 4),
    { ...added(['a'], 1), ...exemplar(2, 3000) },
    { ...added(['c'], 1, 5), ...exemplar(null, 1_800_000_000_123) },
  ];
  await store(first, { increments });
  await second.fleet.catchUp();
  assert.deepEqual(second.memory.values, { 'm a 0': 2, 'm b 0': 4, 'm c 5': 1 });
  const expected = [exemplar(2, 3000), exemplar(null, 1_800_000_000_123)];
  assert.deepEqual(
    second.memory.exemplars,
    expected.map((each) => each.exemplar),
  );
});

test('a transaction of which nobody knows whether it is stored is followed, once', async () => {
  const url = await database();
  await using cut = await openCutConnections(server.port);
  const through = new URL(url);
  through.port = String(cut.port);
  await using member = await openMember(through.href);
  await store(member, ONE);
  cut.cutAfter('COMMIT');
  await assert.rejects(store(member, { increments: [added(['a'], 10), added(['b'], 1)] }), {
    code: 'store_unavailable',
  });
  assert.equal(cut.cuts, 1);
  assert.deepEqual(member.memory.values, { 'm a 0': 1 });
  await store(member, { increments: [added(['b'], 1)] });
  await member.fleet.catchUp();
  assert.deepEqual(member.memory.values, { 'm a 0': 11, 'm b 0': 2 });
  assert.deepEqual(await stored(url), member.memory.values);
  assert.deepEqual([member.memory.applied, member.memory.replaced], [1, 1]);
});

test('whoever was away for too long reads everything again', async () => {
  const url = await database();
  await using away = await openMember(url);
  await using other = await openMember(url);
  await store(away, ONE);
  for (let count = 0; count < 2; count += 1) await store(other, ONE);
  await query(url, 'DELETE FROM changes WHERE seq < (SELECT MAX(seq) FROM changes)');
  await away.fleet.catchUp();
  assert.deepEqual([away.memory.values, away.memory.replaced], [{ 'm a 0': 3 }, 2]);
  await store(other, ONE);
  await away.fleet.catchUp();
  assert.deepEqual([away.memory.values, away.memory.replaced], [{ 'm a 0': 4 }, 2]);
});

test('after a fail-over that lost something, everything is read again', async () => {
  for (const lost of ['there is less', 'there is something else']) {
    const url = await database();
    await using member = await openMember(url);
    await store(member, ONE);
    await store(member, { increments: [added(['a'], 100)] });
    await query(url, `DELETE FROM changes WHERE seq = 3; UPDATE cells SET value = 1`);
    if (lost === 'there is something else') {
      await using other = await openMember(url);
      await store(other, { increments: [added(['a'], 5)] });
    }
    await store(member, ONE);
    const expected = { 'm a 0': lost === 'there is less' ? 2 : 7 };
    assert.deepEqual([member.memory.values, member.memory.replaced], [expected, 2], lost);
    assert.deepEqual(await stored(url), expected, lost);
  }
});

test('what a newer version has stored in another form is not guessed: nothing is written any more', async () => {
  const url = await database();
  await using older = await openMember(url);
  await store(older, ONE);
  await query(
    url,
    `INSERT INTO changes SELECT 3, 1, 2, clock_timestamp(), 'x', next_series_id, 1, 0, 1, 0 FROM changes WHERE seq = 2`,
  );
  for (let count = 0; count < 2; count += 1) {
    await assert.rejects(store(older, ONE), { code: 'store_unavailable', hint: /newer version/ });
    await assert.rejects(older.fleet.catchUp(), { code: 'store_unavailable' });
  }
  assert.deepEqual(await stored(url), { 'm a 0': 1 });
});

test('one that fails leaves nothing behind, in the database and in memory', async () => {
  const url = await database();
  await using member = await openMember(url);
  await store(member, ONE);
  const failing = member.write(async ({ begun }) => {
    await begun;
    throw new RangeError('no');
  });
  await assert.rejects(failing, RangeError);
  await assert.rejects(store(member, { increments: [added(['x'], 2 ** 60), added(['x'], 2 ** 63)] }));
  await store(member, { increments: [added(['x'], 1)] });
  assert.deepEqual(await stored(url), { 'm a 0': 1, 'm x 0': 1 });
  assert.deepEqual(member.memory.values, await stored(url));
});

const STEP = fc.record({
  member: fc.nat(2),
  series: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 }),
  delta: fc.nat(5),
  cell: fc.nat(1),
  fate: fc.constantFrom('stored', 'stored', 'stored', 'undone', 'removes', 'catches up', 'read all', 'cut'),
  /** Whether the next one waits for it. */
  isLast: fc.boolean(),
});
type Step = typeof STEP extends fc.Arbitrary<infer Value> ? Value : never;

interface Process extends AsyncDisposable {
  readonly member: Member;
  readonly way: CutConnections;
}

async function openProcess(url: string): Promise<Process> {
  const way = await openCutConnections(server.port);
  const through = new URL(url);
  through.port = String(way.port);
  const member = await openMember(through.href);
  return {
    member,
    way,
    async [Symbol.asyncDispose]() {
      await member[Symbol.asyncDispose]();
      await way[Symbol.asyncDispose]();
    },
  };
}

async function take(url: string, { member, way }: Process, step: Step): Promise<void> {
  const { series, delta, cell, fate } = step;
  const increments = series.map((label) => added([label], delta, cell));
  const removed = series.slice(0, 1).map((label) => ({ metric: 'm', labels: [label] }));
  if (fate === 'catches up') await member.fleet.catchUp();
  // All do, as after a fail-over.
  else if (fate === 'read all') await query(url, 'UPDATE changes SET token = token + 1');
  else if (fate === 'removes') await store(member, { removed });
  else if (fate === 'undone')
    await member.write(async ({ begun, send }) => {
      await begun;
      send({ name: 'fails', text: 'SELECT 1 / 0' });
      return { result: undefined, counts: { increments } };
    });
  else {
    // It, or what this process does at the same time, may be stored, and nobody knows.
    if (fate === 'cut') way.cutAfter('COMMIT');
    await store(member, { increments });
  }
}

/** Nothing but what a step means to do, and what follows from a cut connection. */
function isExpected(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['store_unavailable', '22012'].includes(String(error.code))
  );
}

test('three processes, with whatever they write, undo and lose at the same time, have the same numbers', async () => {
  let cuts = 0;
  const property = fc.asyncProperty(fc.array(STEP, { minLength: 1, maxLength: 40 }), async (steps) => {
    const url = await database();
    const processes = await Promise.all([1, 2, 3].map(() => openProcess(url)));
    try {
      let open: Promise<void>[] = [];
      for (const step of steps) {
        const process = processes[step.member];
        if (process === undefined) continue;
        const taken = take(url, process, step).catch((error) => {
          if (!isExpected(error)) throw error;
        });
        open.push(taken);
        if (!step.isLast) continue;
        await Promise.all(open);
        open = [];
      }
      await Promise.all(open);
      const expected = await stored(url);
      for (const { member, way } of processes) {
        cuts += way.cuts;
        await member.fleet.catchUp().catch(() => member.fleet.catchUp());
        assert.deepEqual(member.memory.values, expected);
      }
    } finally {
      await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
    }
  });
  await fc.assert(property, { numRuns: Math.ceil(10 * CASES) });
  if (CASES >= 1) assert.ok(cuts > 0);
});
