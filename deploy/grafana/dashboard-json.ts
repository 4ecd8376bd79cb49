/*
 * The part of Grafana's JSON model of a dashboard that our boards use: the classic schema 42, which Grafana 10 to 13
 * import by hand, from files and through the sidecar of its Helm chart.
 * https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/
 */

export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly timezone: 'browser';
  readonly editable: boolean;
  /** 1: the crosshair is in all panels at the same time. */
  readonly graphTooltip: 1;
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly links: readonly DashboardLink[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly never[] };
  readonly panels: readonly (Panel | RowPanel)[];
}

export interface DashboardLink {
  readonly title: string;
  readonly type: 'link' | 'dashboards';
  readonly icon: string;
  readonly tooltip: string;
  readonly url: string;
  readonly tags: readonly string[];
  readonly asDropdown: boolean;
  readonly targetBlank: boolean;
  readonly includeVars: boolean;
  readonly keepTime: boolean;
}

/** A link of one value in a panel. */
export interface DataLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: boolean;
}

export interface DataSource {
  readonly type: 'prometheus';
  readonly uid: string;
}

export interface Variable {
  readonly type: 'datasource' | 'query' | 'adhoc' | 'textbox';
  readonly name: string;
  readonly label: string;
  readonly description?: string;
  readonly hide: 0 | 1 | 2;
  readonly query?: string | { readonly query: string; readonly refId: string };
  readonly definition?: string;
  readonly datasource?: DataSource;
  readonly current?: { readonly selected?: boolean; readonly text: unknown; readonly value: unknown };
  readonly options?: readonly unknown[];
  readonly filters?: readonly never[];
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly regex?: string;
  /** 1: when the board is opened, 2: when its time changes. */
  readonly refresh?: 1 | 2;
  /** 1: alphabetical. */
  readonly sort?: 1;
}

export interface GridPos {
  readonly h: number;
  readonly w: number;
  readonly x: number;
  readonly y: number;
}

export interface RowPanel {
  readonly type: 'row';
  readonly id: number;
  readonly title: string;
  readonly collapsed: false;
  readonly gridPos: GridPos;
  readonly panels: readonly never[];
}

export interface Panel {
  readonly type: 'stat' | 'timeseries' | 'bargauge' | 'heatmap' | 'table';
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly gridPos: GridPos;
  readonly datasource: DataSource;
  /** The shortest step of its graphs. */
  readonly interval?: string;
  readonly targets: readonly Target[];
  readonly fieldConfig: {
    readonly defaults: FieldConfig;
    readonly overrides: readonly Override[];
  };
  readonly options: Readonly<Record<string, unknown>>;
  readonly transformations?: readonly { readonly id: string; readonly options: unknown }[];
}

export interface Target {
  readonly refId: string;
  readonly datasource: DataSource;
  readonly editorMode: 'code';
  readonly expr: string;
  readonly legendFormat: string;
  readonly format: 'time_series' | 'table' | 'heatmap';
  readonly instant: boolean;
  readonly range: boolean;
  readonly exemplar: boolean;
}

export interface FieldConfig {
  readonly unit: string;
  readonly noValue: string;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  readonly color: { readonly mode: string; readonly fixedColor?: string };
  readonly thresholds?: Thresholds;
  readonly links?: readonly DataLink[];
  readonly custom?: Readonly<Record<string, unknown>>;
}

export interface Thresholds {
  readonly mode: 'absolute';
  readonly steps: readonly { readonly value: number | null; readonly color: string }[];
}

export interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}
