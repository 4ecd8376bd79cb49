import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiResult, GetOptions } from '../domain/github-api.ts';
import { openBilling } from './billing.ts';

const OF_ORG = '/organizations/{org}/settings/billing/usage';
const OF_USER = '/users/{username}/settings/billing/usage';
const OF_ENTERPRISE = '/enterprises/{enterprise}/settings/billing/usage';
const DAY = '2026-11-20';

type Answers = Readonly<Record<string, (params: GetOptions['params']) => ApiResult<unknown>>>;

function page(...usageItems: object[]): ApiResult<unknown> {
  return { kind: 'ok', data: { usageItems }, next: null, fromCache: false };
}

function open(answers: Answers) {
  const asked: [string, GetOptions][] = [];
  const billing = openBilling({
    async get(route, options) {
      asked.push([route, options]);
      const answer = answers[route]?.(options.params) ?? { kind: 'missing' };
      assert.ok(answer.kind !== 'ok' || options.isReadable?.(answer.data));
      return answer;
    },
  });
  return { billing, asked };
}

async function rowsOf(...items: object[]) {
  const { billing } = open({ [OF_ORG]: () => page(...items) });
  const use = await billing.usage('octo', [DAY]);
  assert.ok(use.kind === 'ok');
  return use.data.rows;
}

/** As in GitHub's documents. */
const ITEM = {
  ...{ date: '2026-11-20', product: 'Actions', sku: 'Actions Linux', quantity: 100, unitType: 'minutes' },
  ...{ pricePerUnit: 0.006, grossAmount: 0.6, discountAmount: 0.1, netAmount: 0.5 },
  ...{ organizationName: 'Octo', repositoryName: 'octo/ants' },
};
const ROW = {
  ...{ day: DAY, product: 'actions', sku: 'actions_linux', unit: 'minutes' },
  ...{ quantity: 100, gross: 0.6, discount: 0.1, net: 0.5 },
};

test('what GitHub spells in several ways is one thing, and repositories are added up', async () => {
  const rows = await rowsOf(
    ITEM,
    { ...ITEM, date: '2026-11-20T00:00:00Z', product: 'actions', sku: 'actions_linux', unitType: 'Minutes' },
    { ...ITEM, sku: 'Actions macOS', repositoryName: undefined },
    { ...ITEM, sku: 'actions_storage', unitType: 'GigabyteHours', quantity: 1.5 },
    { ...ITEM, sku: 'Actions storage', unitType: 'gigabyte-hours', quantity: 0.25, repositoryName: '' },
  );
  assert.deepEqual(rows, [
    { ...ROW, quantity: 200, gross: 1.2, discount: 0.2, net: 1 },
    { ...ROW, sku: 'actions_macos' },
    {
      ...ROW,
      sku: 'actions_storage',
      unit: 'gigabyte_hours',
      quantity: 1.75,
      gross: 1.2,
      discount: 0.2,
      net: 1,
    },
  ]);
});

test('credits are below zero, ten decimals add up to the millionth, and other products stay', async () => {
  const thirds = Array.from({ length: 3000 }, () => ({
    ...{ ...ITEM, product: 'Copilot', sku: 'Copilot Business', unitType: 'user-months' },
    ...{ quantity: 0.0333333333, grossAmount: 0.6333333327, discountAmount: 0, netAmount: 0.6333333327 },
  }));
  const credit = { ...ITEM, quantity: 0, grossAmount: -5, discountAmount: 0, netAmount: -5.25 };
  const rows = await rowsOf(...thirds, credit);
  assert.deepEqual(
    rows.map(({ sku, quantity, gross, net }) => [sku, quantity, gross, net]),
    [
      ['copilot_business', 100, 1899.999998, 1899.999998],
      ['actions_linux', 0, -5, -5.25],
    ],
  );
});

test('what an item lacks, or has in a form that cannot be, counts as nothing', async () => {
  const rows = await rowsOf(
    { date: DAY },
    { ...ITEM, quantity: '7', grossAmount: 1e300, discountAmount: null, netAmount: undefined },
    { ...ITEM, sku: 'Actions Windows', netAmount: undefined },
    { ...ITEM, date: null },
  );
  assert.deepEqual(rows, [
    {
      ...ROW,
      product: 'unknown',
      sku: 'unknown',
      unit: 'unknown',
      quantity: 0,
      gross: 0,
      discount: 0,
      net: 0,
    },
    { ...ROW, quantity: 0, gross: 0, discount: 0, net: 0 },
    { ...ROW, sku: 'actions_windows' },
  ]);
});

test('each day is asked for by itself, and counts once where a server ignores that', async () => {
  const all = ['2026-11-19', DAY].map((date) => ({ ...ITEM, date }));
  const { billing, asked } = open({ [OF_ORG]: () => page(...all) });
  const use = await billing.usage('octo', ['2026-11-19', DAY]);
  assert.ok(use.kind === 'ok');
  assert.deepEqual(use.data, { rows: [{ ...ROW, day: '2026-11-19' }, ROW], accounts: ['octo'] });
  assert.deepEqual(
    asked.map(([, { owner, params }]) => [owner, params]),
    [19, 20].map((day) => ['octo', { year: 2026, month: 11, day }]),
  );
});

test('whether it is an organization or a user, GitHub says; an enterprise has its own report, and names its organizations', async () => {
  const { billing, asked } = open({
    [OF_USER]: () => page({ ...ITEM, organizationName: undefined }),
    [OF_ENTERPRISE]: () => page(ITEM, { ...ITEM, organizationName: 'Labs' }),
  });
  const [user, enterprise] = [
    await billing.usage('ann', [DAY]),
    await billing.usage('enterprises/octo-corp', [DAY]),
  ];
  assert.deepEqual(
    [user, enterprise].map((use) => use.kind === 'ok' && use.data.accounts),
    [[], ['octo', 'labs']],
  );
  assert.deepEqual(
    asked.map(([route, { owner }]) => [route, owner]),
    [
      [OF_ORG, 'ann'],
      [OF_USER, 'ann'],
      [OF_ENTERPRISE, null],
    ],
  );
  assert.deepEqual(await billing.usage('nobody', [DAY]).then(({ kind }) => kind), 'ok');
  assert.deepEqual(await open({}).billing.usage('nobody', [DAY]), { kind: 'missing' });
});

test('a day that cannot be read leaves none', async () => {
  const failed = { kind: 'failed', reason: 'down', retryAtMs: null } as const;
  const { billing } = open({ [OF_ORG]: (params) => (params?.['day'] === 2 ? failed : page(ITEM)) });
  assert.deepEqual(await billing.usage('octo', ['2026-11-01', '2026-11-02', '2026-11-03']), failed);
});

test('of kinds without number, the two hundred with the most money are told apart', async () => {
  const rows = await rowsOf(
    ...Array.from({ length: 210 }, (_, at) => ({ ...ITEM, sku: `kind ${at}`, grossAmount: at })),
  );
  assert.equal(rows.length, 201);
  assert.deepEqual(rows.find(({ sku }) => sku === '__other__')?.gross, (9 * 10) / 2);
});
