import { NOTHING } from './duration.ts';

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const AVERAGE = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const MONEY = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

type Maybe = number | null | undefined;

/** `12,345`. */
export function formatCount(value: Maybe): string {
  return isMissing(value) ? NOTHING : COUNT.format(value);
}

/** `12.3`: of a count. */
export function formatAverage(value: Maybe): string {
  return isMissing(value) ? NOTHING : AVERAGE.format(value);
}

/** For an axis: `12.3K`. */
export function formatShort(value: Maybe): string {
  return isMissing(value) ? NOTHING : SHORT.format(value);
}

/** Dollars: `$1,234.50`; what is less than a cent but not nothing is `<$0.01`. */
export function formatMoney(dollars: Maybe): string {
  if (isMissing(dollars)) return NOTHING;
  return dollars > 0 && dollars < 0.005 ? '<$0.01' : MONEY.format(dollars);
}

/** A ratio: 0.941 is `94.1%`. */
export function formatPercent(ratio: Maybe): string {
  return isMissing(ratio) ? NOTHING : PERCENT.format(ratio);
}

function isMissing(value: Maybe): value is null | undefined {
  return value === null || value === undefined || !Number.isFinite(value);
}
