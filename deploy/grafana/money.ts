import { DOMAIN } from '../../src/domain/catalogue.ts';
import { DEFINITIONS } from '../../src/domain/definitions.ts';
import { type Section, toPage } from './board.ts';
import { dashed } from './colours.ts';
import { barGauge, lines, type Query, stat, table } from './panels.ts';
import { counted, growth, orNone, present, top, weekBefore } from './promql.ts';

const BEFORE = 'a week before';
const NO_BILL = 'Not read: github.billing';

/** What CI costs by our estimate, what of it was wasted, and what GitHub billed. */
export function moneySection(): Section {
  return {
    title: 'What it costs',
    lines: [
      { height: 4, panels: [cost(), wasted(), wastedTime(), unpriced()] },
      { height: 8, panels: [costOverTime(), costByRepository(), wastedByReason()] },
      { height: 8, panels: [billed(), estimateBySku()] },
    ],
  };
}

function cost() {
  const words = { title: 'Cost', about: DEFINITIONS.cost.text, unit: 'currencyUSD', decimals: 2 };
  return stat(words, orNone(counted(DOMAIN.cost)));
}

function wasted() {
  const about = DOMAIN.wastedDollars.help.replaceAll('`', '');
  const words = { title: 'Wasted', about, unit: 'currencyUSD', decimals: 2 };
  return stat(words, orNone(counted(DOMAIN.wastedDollars)));
}

function wastedTime() {
  const words = { title: 'Wasted time', about: DEFINITIONS.wasted.text, unit: 's' };
  return stat(words, orNone(counted(DOMAIN.wastedSeconds)));
}

function unpriced() {
  const words = { title: 'Unpriced time', about: DEFINITIONS.unpriced.text, unit: 's' };
  return stat(words, orNone(counted(DOMAIN.unpriced)));
}

function costOverTime() {
  const words = {
    title: 'Cost by kind of runner',
    about: `${DEFINITIONS.cost.text} Each point is one step of the graph. Dashed: all of it, a week before.`,
    unit: 'currencyUSD',
    overrides: dashed(BEFORE),
  };
  const queries: Query[] = [
    { expr: growth(DOMAIN.cost, ['sku']), legend: '{{sku}}' },
    { expr: weekBefore(growth(DOMAIN.cost)), legend: BEFORE },
  ];
  return lines(words, queries, { interval: '1h', stacked: true });
}

function costByRepository() {
  const words = {
    title: 'Cost by repository',
    about: DEFINITIONS.cost.text,
    unit: 'currencyUSD',
    decimals: 2,
    links: [toPage('/cost', 'repository')],
  };
  const expr = `${top(10, counted(DOMAIN.cost, ['repository']))} > 0`;
  return barGauge(words, { expr, legend: '{{repository}}' });
}

function wastedByReason() {
  const words = { title: 'Wasted time by reason', about: DOMAIN.wastedSeconds.help, unit: 's' };
  const expr = growth(DOMAIN.wastedSeconds, ['reason']);
  return lines(words, [{ expr, legend: '{{reason}}' }], { interval: '1h', stacked: true });
}

/** By owner: a bill has no repository that could be filtered by. */
function billed() {
  const labels = ['owner', 'product', 'month'];
  return table(
    {
      title: 'Billed by GitHub',
      about: `${DEFINITIONS.billed.text} The whole month so far, and the one before, whatever time the board shows.`,
      empty: NO_BILL,
    },
    labels,
    [
      { name: 'List price', expr: present(DOMAIN.billingGross, labels), unit: 'currencyUSD', decimals: 2 },
      { name: 'Discount', expr: present(DOMAIN.billingDiscount, labels), unit: 'currencyUSD', decimals: 2 },
      { name: 'Paid', expr: present(DOMAIN.billingNet, labels), unit: 'currencyUSD', decimals: 2 },
    ],
  );
}

/** The same kinds of runners on both sides: GitHub's bill names them with its product in front. */
function estimateBySku() {
  const gross = present(DOMAIN.billingGross, ['sku'], { month: 'current', product: 'actions' });
  const billedBySku = `sum by (sku) (label_replace(${gross}, "sku", "$1", "sku", "actions_(.*)"))`;
  return table(
    {
      title: 'Our estimate beside the bill',
      about:
        'The estimate is of the time that the board shows: choose "This month so far" to compare. The bill is of this month, before discounts, and lags by about a day. docs/billing.md says where they differ.',
    },
    ['sku'],
    [
      {
        name: 'Estimate',
        expr: `${counted(DOMAIN.cost, ['sku'])} > 0`,
        unit: 'currencyUSD',
        decimals: 2,
      },
      { name: 'Billed this month', expr: billedBySku, unit: 'currencyUSD', decimals: 2 },
      { name: 'Estimated time', expr: `${counted(DOMAIN.billedSeconds, ['sku'])} > 0`, unit: 's' },
    ],
  );
}
