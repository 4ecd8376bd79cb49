import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedJob } from '../../test/fixtures/facts.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { BilledRow, BillingReport } from '../domain/billing.ts';
import type { FinishedJob } from '../domain/history.ts';
import { billing } from './billing.ts';
import { fakeReader } from './fake-reader.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const BEGIN = Date.parse('2026-10-25T09:00:00Z');

function billed(day: string, over: Partial<BilledRow> = {}): BilledRow {
  return {
    ...{ day, product: 'actions', sku: 'actions_linux', unit: 'minutes' },
    ...{ quantity: 10, gross: 0.06, discount: 0.06, net: 0, ...over },
  };
}

function ended(at: string, over: Partial<FinishedJob> = {}): FinishedJob {
  const common = { endedAtMs: Date.parse(at), sku: 'linux', billedSeconds: 60, microDollars: 6000 };
  return finishedJob({ repository: 'Octo/ants', ...common, ...over });
}

async function ask(
  rows: readonly BilledRow[],
  finishedJobs: readonly FinishedJob[],
  { beginsAtMs = BEGIN, ...over }: Partial<BillingReport> & { readonly beginsAtMs?: number | null } = {},
) {
  const report = { owner: 'octo', atMs: NOW, accounts: ['octo'], rows, ...over };
  const reader = fakeReader({ nowMs: NOW, finishedJobs, beginsAtMs });
  const answer = await billing(reader, { owners: ['octo'], reports: [report], missing: [] });
  assertAnswers('Billing', answer);
  const [current, previous] = answer.owners[0]?.months ?? [];
  assert.ok(current !== undefined && previous !== undefined);
  return { current, previous };
}

test('a month has its sums, all products, those with the most money first, and credits', async () => {
  const { current, previous } = await ask(
    [
      billed('2026-11-01'),
      billed('2026-11-02', { gross: 0.12, discount: 0, net: 0.12 }),
      billed('2026-11-02', { product: 'copilot', sku: 'copilot', unit: 'user_months', gross: 19, net: 19 }),
      billed('2026-11-03', { sku: 'credit', quantity: 0, gross: -1, discount: 0, net: -1 }),
      billed('2026-10-31', { gross: 7 }),
    ],
    [],
  );
  assert.deepEqual([current.month, previous.month], ['2026-11', '2026-10']);
  assert.deepEqual(
    current.rows.map(({ sku, quantity, gross_dollars: gross }) => [sku, quantity, gross]),
    [
      ['copilot', 10, 19],
      ['actions_linux', 20, 0.18],
      ['credit', 0, -1],
    ],
  );
  assert.deepEqual([current.gross_dollars, current.net_dollars], [18.18, 18.12]);
  assert.equal(previous.gross_dollars, 7);
});

test('compared are whole days that are complete in the report and in the history, of minutes of Actions', async () => {
  const { current, previous } = await ask(
    [
      billed('2026-10-25'),
      billed('2026-10-26', { gross: 0.5 }),
      billed('2026-11-18', { sku: 'actions_windows', gross: 1 }),
      billed('2026-11-18', { sku: 'actions_storage', unit: 'gigabyte_hours', gross: 9 }),
      billed('2026-11-18', { product: 'codespaces', gross: 9 }),
      billed('2026-11-19'),
    ],
    [
      ended('2026-10-25T23:59:59Z'),
      ended('2026-10-31T23:59:59Z', { microDollars: 500_000 }),
      ended('2026-11-01T00:00:00Z'),
      ended('2026-11-18T23:59:59Z', { sku: 'macos', microDollars: 62_000 }),
      ended('2026-11-19T00:00:00Z'),
      ended('2026-11-05T00:00:00Z', { repository: 'other/ants' }),
      ended('2026-11-05T00:00:00Z', { sku: 'self_hosted', microDollars: 100 }),
      ended('2026-11-05T00:00:00Z', { sku: null, microDollars: 0 }),
    ],
  );
  assert.deepEqual(
    [previous.compared?.from, previous.compared?.to, previous.compared?.difference_dollars],
    ['2026-10-26T00:00:00.000Z', '2026-11-01T00:00:00.000Z', 0],
  );
  const { from, to, rows, ...sums } = current.compared ?? assert.fail('nothing is compared');
  assert.deepEqual([from, to], ['2026-11-01T00:00:00.000Z', '2026-11-19T00:00:00.000Z']);
  assert.deepEqual(sums, {
    ...{ gross_dollars: 1, discount_dollars: 0.06, net_dollars: 0 },
    ...{ estimate_dollars: 0.068, difference_dollars: 0.932 },
  });
  assert.deepEqual(
    rows.map((row) => [row.sku, row.minutes, row.estimate_minutes, row.difference_dollars]),
    [
      ['linux', 0, 1, -0.006],
      ['macos', 0, 1, -0.062],
      ['windows', 10, 0, 1],
    ],
  );
});

test('nothing is compared before a day is complete, or before there is a history', async () => {
  const early = { atMs: Date.parse('2026-11-02T23:59:59Z') };
  assert.equal((await ask([], [], early)).current.compared, null);
  assert.equal(
    (await ask([], [], { atMs: Date.parse('2026-11-03T00:00:00Z') })).current.compared?.rows.length,
    0,
  );
  assert.equal((await ask([], [], { beginsAtMs: null })).current.compared, null);
  assert.equal((await ask([], [], { beginsAtMs: NOW - DAY_MS })).current.compared, null);
  assert.equal(
    (await ask([], [], { beginsAtMs: Date.parse('2026-11-01T00:00:01Z') })).previous.compared,
    null,
  );
});

test("an enterprise's estimate is of all organizations in its report", async () => {
  const jobs = ['octo/a', 'LABS/b', 'else/c'].map((repository, at) =>
    ended('2026-11-05T00:00:00Z', { jobId: at + 1, repository }),
  );
  const { current } = await ask([], jobs, { owner: 'enterprises/corp', accounts: ['octo', 'labs'] });
  assert.equal(current.compared?.estimate_dollars, 0.012);
});

test('the history is read once for all owners that are compared over the same days', async () => {
  const jobs = [ended('2026-11-10T10:00:00Z'), ended('2026-11-10T10:00:00Z', { repository: 'hill/x' })];
  const reader = fakeReader({ nowMs: NOW, finishedJobs: jobs, beginsAtMs: BEGIN });
  let times = 0;
  const counting: typeof reader = {
    ...reader,
    finishedJobs(...asked) {
      times += 1;
      return reader.finishedJobs(...asked);
    },
  };
  const reports = ['octo', 'hill', 'nobody'].map((owner) => ({
    owner,
    atMs: NOW,
    accounts: [owner],
    rows: [],
  }));
  const { owners } = await billing(counting, { owners: [], reports, missing: [] });
  assert.deepEqual(
    owners.map(({ months }) => months[0]?.compared?.estimate_dollars),
    [0.006, 0.006, 0],
  );
  assert.equal(times, 2, 'two months');
});

test('what can not be read is said', async () => {
  const bills = { owners: ['octo', 'ann'], reports: [], missing: ['One.', 'Two.'] };
  const answer = await billing(fakeReader({ nowMs: NOW }), bills);
  assertAnswers('Billing', answer);
  assert.deepEqual([answer.owners, answer.missing], [[], 'One. Two.']);
});

const ROWS = fc.array(
  fc
    .record({
      at: fc.integer({ min: 0, max: 50 }),
      sku: fc.constantFrom('actions_linux', 'actions_windows', 'copilot'),
      cents: fc.integer({ min: -500, max: 5000 }),
      free: fc.integer({ min: 0, max: 100 }),
    })
    .map(({ at, sku, cents, free }) =>
      billed(new Date(Date.parse('2026-10-01') + at * DAY_MS).toISOString().slice(0, 10), {
        ...{ sku, gross: cents / 100, discount: free / 100, net: (cents - free) / 100 },
      }),
    ),
  { maxLength: 30 },
);

test('for any report, the rows add up to the month, gross less discount is net, and what is compared is a part of it', async () => {
  await fc.assert(
    fc.asyncProperty(ROWS, async (rows) => {
      const { current, previous } = await ask(rows, []);
      for (const month of [current, previous]) {
        const own = rows.filter(({ day }) => day.startsWith(month.month));
        const cents = (dollars: number) => Math.round(dollars * 100) + 0;
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        assert.equal(cents(month.gross_dollars), sum(own.map(({ gross }) => cents(gross))));
        assert.equal(cents(sum(month.rows.map((row) => row.net_dollars))), cents(month.net_dollars));
        assert.equal(cents(month.gross_dollars - month.discount_dollars), cents(month.net_dollars));
        const { compared } = month;
        if (compared === null) continue;
        const among = own.filter(
          ({ day }) => day >= compared.from.slice(0, 10) && day < compared.to.slice(0, 10),
        );
        assert.equal(cents(compared.gross_dollars), sum(among.map(({ gross }) => cents(gross))));
        assert.equal(
          cents(sum(compared.rows.map((row) => row.gross_dollars))),
          cents(compared.gross_dollars),
        );
      }
    }),
  );
});
