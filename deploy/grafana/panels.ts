import { PLAIN } from './colours.ts';
import type {
  DataLink,
  DataSource,
  FieldConfig,
  Override,
  Panel,
  Target,
  Thresholds,
} from './dashboard-json.ts';

/* The kinds of panels, with the same look everywhere. */

/** Whichever the person has chosen. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces it.
export const CHOSEN: DataSource = { type: 'prometheus', uid: '${datasource}' };

/** A panel without its place. */
export type Unplaced = Omit<Panel, 'id' | 'gridPos'>;

/** What every panel says. */
export interface Words {
  readonly title: string;
  /** What the number means. */
  readonly about: string;
  /** One of Grafana's: `s`, `short`, `percentunit`, … */
  readonly unit: string;
  /** What stands there if the query finds nothing. */
  readonly empty?: string;
  readonly links?: readonly DataLink[];
  readonly thresholds?: Thresholds;
  readonly overrides?: readonly Override[];
  readonly decimals?: number;
}

export interface Query {
  readonly expr: string;
  /** Such as `{{runs_on}}`. */
  readonly legend?: string;
}

/** Rare events: a step of seconds would show nothing but zeros. */
const STEP_OF_EVENTS = '10m';
const NOTHING = 'Nothing in this time';

/** One number: that of now, or of the whole range. */
export function stat(words: Words, expr: string): Unplaced {
  const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false };
  return {
    ...common('stat', words, { color: { mode: 'thresholds' } }),
    targets: [target({ expr }, 0, { instant: true })],
    options: {
      ...{ colorMode: 'value', graphMode: 'none', justifyMode: 'auto', textMode: 'value' },
      ...{ orientation: 'auto', wideLayout: true, reduceOptions },
    },
  };
}

/** Lines over time. */
export function lines(
  words: Words,
  queries: readonly Query[],
  { interval = STEP_OF_EVENTS, stacked = false, exemplars = false } = {},
): Unplaced {
  const custom = {
    ...{ drawStyle: 'line', lineWidth: 2, fillOpacity: stacked ? 30 : 0, showPoints: 'auto' },
    // Where nothing happened in a step there is no percentile.
    spanNulls: 3_600_000,
    stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
    thresholdsStyle: { mode: words.thresholds === undefined ? 'off' : 'dashed' },
  };
  return overTime(words, queries, { custom, interval, exemplars });
}

/** Stacked bars over time: how many in each step. */
export function bars(words: Words, queries: readonly Query[], interval = STEP_OF_EVENTS): Unplaced {
  const custom = {
    ...{ drawStyle: 'bars', lineWidth: 0, fillOpacity: 90, barAlignment: -1 },
    ...{ stacking: { mode: 'normal', group: 'A' }, thresholdsStyle: { mode: 'off' } },
  };
  return overTime(words, queries, { custom, interval, exemplars: false });
}

function overTime(
  words: Words,
  queries: readonly Query[],
  { custom, interval, exemplars }: { custom: FieldConfig['custom']; interval: string; exemplars: boolean },
): Unplaced {
  return {
    ...common('timeseries', words, { color: { mode: 'palette-classic' }, min: 0, custom: custom ?? {} }),
    interval,
    targets: queries.map((query, index) => target(query, index, { exemplar: exemplars })),
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

/** A bar for each series, of now or of the whole range. */
export function barGauge(words: Words, query: Query): Unplaced {
  const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false };
  return {
    ...common('bargauge', words, { color: { mode: 'thresholds' }, min: 0 }),
    targets: [target(query, 0, { instant: true })],
    options: {
      ...{ displayMode: 'basic', orientation: 'horizontal', valueMode: 'color', showUnfilled: true },
      ...{ namePlacement: 'left', sizing: 'auto', minVizHeight: 16, minVizWidth: 8, maxVizHeight: 28 },
      ...{
        legend: { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] },
        reduceOptions,
      },
    },
  };
}

/** How often each size occurred, over time. The query has the label `le`. */
export function heatmap(words: Words, expr: string): Unplaced {
  return {
    ...common('heatmap', words, { color: { mode: 'palette-classic' } }),
    interval: STEP_OF_EVENTS,
    targets: [target({ expr, legend: '{{le}}' }, 0, { format: 'heatmap' })],
    options: {
      ...{ calculate: false, cellGap: 1, showValue: 'never', legend: { show: true } },
      color: {
        ...{ mode: 'scheme', scheme: 'Blues', fill: 'dark-blue' },
        ...{ scale: 'exponential', exponent: 0.5, steps: 64, reverse: false },
      },
      filterValues: { le: 1e-9 },
      rowsFrame: { layout: 'auto' },
      yAxis: { axisPlacement: 'left', reverse: false, unit: words.unit },
      tooltip: { mode: 'single', yHistogram: true },
      exemplars: { color: 'rgba(255,0,255,0.7)' },
    },
  };
}

/** A column of numbers. */
export interface Column {
  readonly name: string;
  readonly expr: string;
  readonly unit: string;
  readonly decimals?: number;
}

/** A row for each combination of `labels`, sorted by the first column of numbers. */
export function table(
  words: Omit<Words, 'unit'>,
  labels: readonly string[],
  columns: readonly [Column, ...Column[]],
): Unplaced {
  // Grafana numbers the values only where it merges several.
  const idOf = (index: number) => (columns.length === 1 ? 'Value' : `Value #${refId(index)}`);
  const renameByName = Object.fromEntries(columns.map(({ name }, index) => [idOf(index), name]));
  const order = [...labels, ...Object.keys(renameByName)].map((name, index) => [name, index]);
  return {
    ...common(
      'table',
      { ...words, unit: 'short', overrides: columns.map(unitOf) },
      { color: { mode: 'thresholds' }, custom: { align: 'auto', filterable: true, inspect: false } },
    ),
    targets: columns.map(({ expr }, index) => target({ expr }, index, { instant: true, format: 'table' })),
    options: { showHeader: true, cellHeight: 'sm', sortBy: [{ displayName: columns[0].name, desc: true }] },
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: { excludeByName: { Time: true }, renameByName, indexByName: Object.fromEntries(order) },
      },
    ],
  };
}

function unitOf({ name, unit, decimals }: Column): Override {
  const properties = [{ id: 'unit', value: unit }];
  return {
    matcher: { id: 'byName', options: name },
    properties: decimals === undefined ? properties : [...properties, { id: 'decimals', value: decimals }],
  };
}

function common(
  type: Panel['type'],
  { title, about, unit, empty = NOTHING, links, thresholds = PLAIN, overrides = [], decimals }: Words,
  fields: Pick<FieldConfig, 'color' | 'min' | 'custom'>,
) {
  const defaults: FieldConfig = {
    ...{ unit, noValue: empty, thresholds, ...fields },
    ...(decimals !== undefined && { decimals }),
    ...(links !== undefined && { links }),
  };
  return { type, title, description: about, datasource: CHOSEN, fieldConfig: { defaults, overrides } };
}

function target(
  { expr, legend = '' }: Query,
  index: number,
  {
    instant = false,
    format = 'time_series',
    exemplar = false,
  }: Partial<Pick<Target, 'instant' | 'format' | 'exemplar'>>,
): Target {
  return {
    ...{ refId: refId(index), datasource: CHOSEN, editorMode: 'code' as const, expr, legendFormat: legend },
    ...{ format, instant, range: !instant, exemplar },
  };
}

function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
