import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type BoardHistory, openBoardHistory, RANGE_MS, STEP_MS } from './board-history.ts';
import { expectedNumbers } from './board-numbers.ts';
import { type BoardTarget, filledIn, TARGETS } from './board-targets.ts';

/*
 * Every query of the boards, asked of a real Prometheus and a real VictoriaMetrics that know eight days of a simulated
 * world.
 */

type Database = 'prometheus' | 'victoria';

/** What this world has not, by the title of the panel. */
const EMPTY: Readonly<Record<string, string>> = {
  'Samples wait for': 'all samples have arrived',
  'Certificate expires in': 'the listeners have no certificate',
};
/** Single numbers that depend on when the test ran, and percentiles, which are interpolated. */
const NOT_COMPARED =
  /^(From GitHub, p95|Recovery is behind by|Samples wait for|Clock is wrong by|Certificate expires in|Errors in the log|Unreadable places|Jobs that started|(Queue time|Duration), p\d\d)$/;
const WINDOWS = { range: `${RANGE_MS / 1000}s`, rateInterval: '8h', interval: `${STEP_MS / 1000}s` };
const EXACT = 1e-9;

let history: BoardHistory;
before(async () => {
  history = await openBoardHistory();
});
test.after(() => history[Symbol.asyncDispose]());

for (const database of ['prometheus', 'victoria'] as const) {
  test(`${database} answers every query of the boards without error and with data`, async () => {
    for (const each of TARGETS.filter((target) => isFor(database, target))) {
      const values = await ask(database, each);
      const reason = EMPTY[each.panel.title];
      assert.equal(values.length > 0, reason === undefined, `${each.name}: ${values.length} series`);
    }
  });

  test(`the single numbers of the boards are those of the world, in ${database}`, async () => {
    const expected = expectedNumbers(history);
    const compared = new Set<string>();
    for (const each of TARGETS.filter(({ panel }) => panel.type === 'stat')) {
      const { title } = each.panel;
      if (!isFor(database, each) || NOT_COMPARED.test(title)) continue;
      const wanted = expected[title] ?? assert.fail(`nothing to compare ${each.name} with`);
      const [value = Number.NaN, ...others] = await ask(database, each);
      assert.deepEqual(others, [], each.name);
      assert.ok(
        Math.abs(value - wanted) <= EXACT * Math.max(1, Math.abs(wanted)),
        `${each.name}: ${value}, not ${wanted}`,
      );
      compared.add(title);
    }
    assert.deepEqual(
      Object.keys(expected).filter((title) => !compared.has(title)),
      [],
    );
  });
}

test('a chosen repository is all that a board shows', async () => {
  const [repository = ''] = history.world.population.repositories.map(({ fullName }) => fullName);
  const all = TARGETS.find(({ name }) => name === 'ant-watcher-workflow, Jobs, B') ?? assert.fail();
  const labels = await askLabels(all, { repository });
  assert.ok(labels.length > 0);
  assert.deepEqual([...new Set(labels.map((each) => each['repository']))], [repository]);
});

function isFor(database: Database, { isPromql }: BoardTarget): boolean {
  return isPromql || database === 'victoria';
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
    }[];
  };
}

/** The values of an instant query; of a graph, NaN for each series. */
async function ask(database: Database, each: BoardTarget): Promise<number[]> {
  const { data } = await answer(database, each);
  return data.result.map(({ value }) => Number(value?.[1]));
}

async function askLabels(each: BoardTarget, chosen: Readonly<Record<string, string>>) {
  const { data } = await answer('prometheus', each, chosen);
  return data.result.map(({ metric }) => metric);
}

async function answer(
  database: Database,
  { target: { expr, instant }, name }: BoardTarget,
  chosen: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const endS = history.nowMs / 1000;
  const time: Record<string, string> = instant
    ? { time: String(endS) }
    : { start: String(endS - RANGE_MS / 1000), end: String(endS), step: String(STEP_MS / 1000) };
  const query = new URLSearchParams({ query: filledIn(expr, { ...WINDOWS, chosen }), nocache: '1', ...time });
  const path = instant ? 'query' : 'query_range';
  const response = await fetch(`${history[database].url}/api/v1/${path}?${query}`);
  const found = (await response.json()) as Answer;
  assert.equal(found.status, 'success', `${name}: ${found.error}`);
  return found;
}
