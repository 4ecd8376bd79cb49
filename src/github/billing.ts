import { type BilledRow, sumRows } from '../domain/billing.ts';
import { cutText } from '../domain/cut-text.ts';
import {
  type ApiResult,
  type BilledUse,
  ENTERPRISES,
  type GetOptions,
  type GitHub,
  type GitHubBilling,
} from '../domain/github-api.ts';
import { OTHER_LABEL } from '../domain/label-policy.ts';
import { entriesOf, mapped, ok } from './answers.ts';
import { type Json, textOf } from './fields.ts';
import { isListOf, isObject } from './shapes.ts';

/*
 * The usage report of the billing platform: https://docs.github.com/rest/billing/usage. It is read day by day: a month
 * of a large organization, which has a line for each repository, day and kind of runner, does not fit into an answer
 * that we accept.
 */

const ITEMS = 'usageItems';
/** Kinds of use of one owner that are told apart; GitHub has some fifty. */
const MAX_KINDS = 200;
/** Organizations of an enterprise. */
const MAX_ACCOUNTS = 5000;
const MAX_NAME_LENGTH = 100;
/** An amount beyond that is not true. */
const MAX_AMOUNT = 1e12;

type Place = readonly [route: string, options: Pick<GetOptions, 'owner' | 'params'>];

export function openBilling(github: Pick<GitHub, 'get'>): GitHubBilling {
  async function dayOf([route, { owner, params }]: Place, day: string): Promise<ApiResult<BilledUse>> {
    const [year = 0, month = 0, dayOfMonth = 0] = day.split('-').map(Number);
    const answer = await github.get(route, {
      ...{ owner, priority: 'poll', conditional: true, isReadable: isListOf(isObject, ITEMS) },
      params: { ...params, year, month, day: dayOfMonth },
    });
    return mapped(answer, (data) => {
      // A server that ignores the day must not make its use count for each day.
      const items = entriesOf(data, ITEMS).filter(({ date }) => textOf(date)?.startsWith(day));
      const accounts = items.flatMap(({ organizationName: name }) => textOf(name)?.toLowerCase() ?? []);
      const rows = items.map((item) => rowOf(item, day));
      return { rows: sumRows(rows, ['product', 'sku', 'unit']), accounts: [...new Set(accounts)] };
    });
  }

  async function daysOf(place: Place, days: readonly string[]): Promise<ApiResult<BilledUse>> {
    const all: BilledUse[] = [];
    for (const day of days) {
      const answer = await dayOf(place, day);
      if (answer.kind !== 'ok') return answer;
      all.push(answer.data);
    }
    const accounts = new Set(all.flatMap((each) => each.accounts));
    return ok({
      rows: bounded(all.flatMap(({ rows }) => rows)),
      accounts: [...accounts].slice(0, MAX_ACCOUNTS),
    });
  }

  return {
    async usage(owner, days) {
      for (const place of placesOf(owner)) {
        const use = await daysOf(place, days);
        if (use.kind !== 'missing') return use;
      }
      return { kind: 'missing' };
    },
  };
}

/** Whether it is an organization or a user, GitHub says. */
function placesOf(owner: string): Place[] {
  const [name = '', enterprise] = owner.split('/');
  if (owner.startsWith(ENTERPRISES))
    return [
      [
        '/enterprises/{enterprise}/settings/billing/usage',
        { owner: null, params: { enterprise: enterprise ?? '' } },
      ],
    ];
  return [
    ['/organizations/{org}/settings/billing/usage', { owner }],
    ['/users/{username}/settings/billing/usage', { owner, params: { username: name } }],
  ];
}

function rowOf(item: Json, day: string): BilledRow {
  const [gross, discount] = [amountOf(item['grossAmount']) ?? 0, amountOf(item['discountAmount']) ?? 0];
  return {
    day,
    product: nameOf(item['product']),
    sku: nameOf(item['sku']),
    unit: nameOf(textOf(item['unitType'])?.replace(/([a-z])([A-Z])/g, '$1_$2')),
    quantity: amountOf(item['quantity']) ?? 0,
    gross,
    discount,
    net: amountOf(item['netAmount']) ?? gross - discount,
  };
}

/** One spelling for `Actions Linux`, `actions_linux` and `Actions linux`. */
function nameOf(value: unknown): string {
  const words = textOf(value)
    ?.toLowerCase()
    .match(/[\p{L}\p{N}.]+/gu);
  return cutText(words?.join('_') ?? 'unknown', MAX_NAME_LENGTH);
}

function amountOf(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) < MAX_AMOUNT ? value : null;
}

/** The kinds beyond the limit become one; those with the most money stay. */
function bounded(rows: readonly BilledRow[]): BilledRow[] {
  const kinds = sumRows(rows, ['product', 'sku', 'unit']).sort((a, b) => b.gross - a.gross);
  if (kinds.length <= MAX_KINDS) return [...rows];
  const keyOf = ({ product, sku, unit }: BilledRow) => JSON.stringify([product, sku, unit]);
  const kept = new Set(kinds.slice(0, MAX_KINDS).map(keyOf));
  const other = { product: OTHER_LABEL, sku: OTHER_LABEL, unit: OTHER_LABEL };
  return sumRows(
    rows.map((row) => (kept.has(keyOf(row)) ? row : { ...row, ...other })),
    ['day', 'product', 'sku', 'unit'],
  );
}
