/*
 * The address of the page as a value. Everything that changes what a view shows is in it, so that a link, the
 * back button and a reload show the same again. Pure: no browser.
 */

/** What every view can be narrowed to: the read API's parameters of the same names. */
export const FILTERS = [
  'repository',
  'repository_label',
  'workflow',
  'job_name',
  'runs_on',
  'label',
  'runner_group',
  'branch',
  'event',
  'conclusion',
  'sku',
] as const;
export type FilterName = (typeof FILTERS)[number];

/** Each value once, in the order in which they were chosen. A missing name is no filter. */
export type Filters = Readonly<Partial<Record<FilterName, readonly string[]>>>;

/** The window of time: up to now, or fixed. Whole seconds; `from` is before `to`. */
export type TimeWindow = { readonly lastSeconds: number } | { readonly from: number; readonly to: number };

export interface Address {
  /** Such as `/queues`. */
  readonly path: string;
  readonly window: TimeWindow;
  readonly filters: Filters;
  /** Parameters of the view alone, such as `sort`. */
  readonly own: Readonly<Record<string, string>>;
}

/** The window of an address that names none. */
export const DEFAULT_WINDOW: TimeWindow = { lastSeconds: 24 * 3600 };

const OWN_NAME = /^[a-z][a-z0-9_]*$/;
const RESERVED: ReadonlySet<string> = new Set([...FILTERS, 'from', 'to']);
const UNITS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** Reads a path with its query. What it does not understand is left out, so that every link opens. */
export function parseAddress(text: string): Address {
  const { pathname, searchParams } = new URL(text, 'http://page');
  const filters = Object.fromEntries(
    FILTERS.map((name) => [name, chosen(searchParams.getAll(name))] as const).filter(
      ([, values]) => values.length > 0,
    ),
  );
  const own = Array.from(searchParams).filter(([name]) => OWN_NAME.test(name) && !RESERVED.has(name));
  return {
    path: pathname,
    window: parseWindow(searchParams.get('from'), searchParams.get('to')),
    filters,
    own: Object.fromEntries(own.reverse()),
  };
}

/** The shortest text that `parseAddress` reads as this address. */
export function printAddress({ path, window, filters, own }: Address): string {
  const pairs = [
    ...printFilters(filters),
    ...Object.entries(printWindow(window)),
    ...Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  const query = new URLSearchParams(pairs).toString().replaceAll(/%2[CF]|%3A/g, decodeURIComponent);
  return query === '' ? path : `${path}?${query}`;
}

/** `from` and `to` as the read API takes them; nothing for the default window. */
export function printWindow(window: TimeWindow): Readonly<Record<string, string>> {
  if ('from' in window) return { from: isoSeconds(window.from), to: isoSeconds(window.to) };
  const { lastSeconds } = window;
  if ('lastSeconds' in DEFAULT_WINDOW && lastSeconds === DEFAULT_WINDOW.lastSeconds) return {};
  return { from: `-${printSpan(lastSeconds)}` };
}

/** The filters as pairs of name and value. */
export function printFilters(filters: Filters): [string, string][] {
  return FILTERS.flatMap((name) => (filters[name] ?? []).map((value): [string, string] => [name, value]));
}

/** The same window with a beginning and an end. */
export function fixWindow(window: TimeWindow, nowSeconds: number): { from: number; to: number } {
  return 'from' in window ? window : { from: nowSeconds - window.lastSeconds, to: nowSeconds };
}

/**
 * The window as long as this one, just before (-1) or just after (+1) it, but not in the future. `leftSeconds` is
 * the time at which a window up to now was left for one before it, if any: the way back ends in a window up to now
 * again, though that time has passed.
 */
export function shiftWindow(
  window: TimeWindow,
  direction: 1 | -1,
  nowSeconds: number,
  leftSeconds: number | null,
): TimeWindow {
  const { from, to } = fixWindow(window, nowSeconds);
  const length = to - from;
  const end = to + direction * length;
  return end >= nowSeconds || end === leftSeconds ? { lastSeconds: length } : { from: end - length, to: end };
}

function parseWindow(from: string | null, to: string | null): TimeWindow {
  const [, digits, unit] = /^-(\d{1,9})([smhd])$/.exec(from ?? '') ?? [];
  if (digits !== undefined && to === null) {
    const lastSeconds = Number(digits) * UNITS[unit as keyof typeof UNITS];
    return lastSeconds > 0 ? { lastSeconds } : DEFAULT_WINDOW;
  }
  const [start, end] = [secondsOf(from), secondsOf(to)];
  return start !== null && end !== null && start < end ? { from: start, to: end } : DEFAULT_WINDOW;
}

function secondsOf(time: string | null): number | null {
  if (time === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(time)) return null;
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

function isoSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** In the largest unit that is exact. */
function printSpan(seconds: number): string {
  const [unit, size] = Object.entries(UNITS).find(([, each]) => seconds % each === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

function chosen(values: readonly string[]): readonly string[] {
  return Array.from(new Set(values)).filter((value) => value !== '');
}
