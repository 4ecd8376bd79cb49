import type { DashboardJson, DashboardLink, DataLink, Panel, RowPanel, Variable } from './dashboard-json.ts';
import { CHOSEN, type Unplaced } from './panels.ts';

/* What all boards have: variables, links, and the places of the panels. */

export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Boards with the same tag link to each other. */
  readonly tags: readonly [string, ...string[]];
  /** The view of ant-watcher's page that goes on where the board ends, such as `/queues`. */
  readonly view: string;
  /** Whether it is about GitHub Actions, and so can be narrowed. */
  readonly hasFilters: boolean;
  readonly sections: readonly Section[];
}

/** A heading with panels under it, line by line. */
export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Panels of one height, which share the width of the board in equal parts. */
export interface Line {
  readonly height: number;
  readonly panels: readonly Unplaced[];
}

const WIDTH = 24;
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces it.
const WINDOW = 'from=${__from:date:iso}&to=${__to:date:iso}';

/** The board as Grafana's JSON. */
export function dashboardOf({ uid, title, description, tags, view, ...rest }: Board): DashboardJson {
  return {
    ...{ uid, title, description, tags, schemaVersion: 42, timezone: 'browser', editable: true },
    ...{ graphTooltip: 1, refresh: '30s', time: { from: 'now-24h', to: 'now' } },
    links: [linkToBoards(tags[0]), linkToPage(view)],
    templating: { list: variablesOf(rest.hasFilters) },
    annotations: { list: [] },
    panels: placed(rest.sections),
  };
}

/** From a value to the view of the page that shows what is behind it. `labels` are of the value's series. */
export function toPage(view: string, ...labels: readonly string[]): DataLink {
  return linkOf(
    view,
    labels.map((label) => `${label}=\${__field.labels.${label}:percentencode}`),
  );
}

/** The same from a row of a table. */
export function rowToPage(view: string, ...labels: readonly string[]): DataLink {
  return linkOf(
    view,
    labels.map((label) => `${label}=\${__data.fields["${label}"]:percentencode}`),
  );
}

function linkOf(view: string, filters: readonly string[]): DataLink {
  return {
    title: 'Show what is behind it',
    url: `\${page}${view}?${[...filters, WINDOW].join('&')}`,
    targetBlank: true,
  };
}

function linkToBoards(tag: string): DashboardLink {
  return {
    ...{ title: 'Boards', type: 'dashboards', icon: 'external link', tooltip: '', url: '', tags: [tag] },
    ...{ asDropdown: false, targetBlank: false, includeVars: true, keepTime: true },
  };
}

function linkToPage(view: string): DashboardLink {
  return {
    ...{ title: "ant-watcher's page", type: 'link', icon: 'external link', tags: [] },
    ...{ tooltip: 'The jobs behind these numbers', url: `\${page}${view}?${WINDOW}` },
    ...{ asDropdown: false, targetBlank: true, includeVars: false, keepTime: false },
  };
}

function variablesOf(hasFilters: boolean): Variable[] {
  const dataSource: Variable = {
    ...{ type: 'datasource', name: 'datasource', label: 'Data source', hide: 0, query: 'prometheus' },
    ...{ regex: '', refresh: 1, multi: false, includeAll: false, options: [] },
  };
  return [dataSource, ...(hasFilters ? FILTER_VARIABLES : []), OTHER_LABELS, PAGE];
}

const FILTER_VARIABLES: readonly Variable[] = [
  filterVariable('repository', 'Repository', 'label_values(github_actions_runs_total, repository)'),
  filterVariable(
    'workflow',
    'Workflow',
    'label_values(github_actions_runs_total{repository=~"$repository"}, workflow)',
  ),
  filterVariable(
    'runs_on',
    'Runner labels',
    'label_values(github_actions_job_queue_seconds_count{repository=~"$repository", workflow=~"$workflow"}, runs_on)',
  ),
];

/** `.*` for all: it also fits where the label was dropped (`metrics.label_policy`). */
function filterVariable(name: string, label: string, query: string): Variable {
  return {
    ...{ type: 'query', name, label, hide: 0, datasource: CHOSEN, query: { query, refId: name } },
    ...{ definition: query, regex: '', refresh: 2, sort: 1, options: [] },
    ...{ multi: true, includeAll: true, allValue: '.*' },
    current: { selected: true, text: ['All'], value: ['$__all'] },
  };
}

/** Offers whatever labels there are, so that a board needs no change where somebody has `metrics.repository_labels`. */
const OTHER_LABELS: Variable = {
  ...{ type: 'adhoc', name: 'labels', label: 'Other labels', hide: 0, datasource: CHOSEN, filters: [] },
  description: 'Narrows every query: team, tier (metrics.repository_labels), job, instance, cluster …',
};

const PAGE: Variable = {
  ...{ type: 'textbox', name: 'page', label: "Address of ant-watcher's page", hide: 0 },
  query: 'http://localhost:9876',
  current: { selected: true, text: 'http://localhost:9876', value: 'http://localhost:9876' },
  options: [{ selected: true, text: 'http://localhost:9876', value: 'http://localhost:9876' }],
};

function placed(sections: readonly Section[]): (Panel | RowPanel)[] {
  const panels: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, lines } of sections) {
    const gridPos = { h: 1, w: WIDTH, x: 0, y };
    panels.push({ type: 'row', id: panels.length + 1, title, collapsed: false, gridPos, panels: [] });
    y += 1;
    for (const { height, panels: unplaced } of lines) {
      const width = WIDTH / unplaced.length;
      for (const [index, panel] of unplaced.entries())
        panels.push({
          ...{ id: panels.length + 1, gridPos: { h: height, w: width, x: index * width, y } },
          ...panel,
        });
      y += height;
    }
  }
  return panels;
}
