import { DASHBOARDS } from '../../deploy/grafana/boards.ts';
import type { Panel, RowPanel, Target } from '../../deploy/grafana/dashboard-json.ts';

/* The queries of the boards, as Grafana sends them. */

/** One query of a panel, and how to name it in a message. */
export interface BoardTarget {
  readonly board: string;
  readonly panel: Panel;
  readonly target: Target;
  readonly name: string;
  /** It is PromQL, and not only MetricsQL. */
  readonly isPromql: boolean;
}

/** Functions and labels that only VictoriaMetrics has. */
const METRICSQL = /\b(histogram_over_time|prometheus_buckets)\(/;

export function isPanel(panel: Panel | RowPanel): panel is Panel {
  return panel.type !== 'row';
}

export const TARGETS: readonly BoardTarget[] = Array.from(DASHBOARDS).flatMap(([file, { panels }]) =>
  panels.filter(isPanel).flatMap((panel) =>
    panel.targets.map((target) => ({
      board: file.replace('.json', ''),
      panel,
      target,
      name: `${file.replace('.json', '')}, ${panel.title}, ${target.refId}`,
      isPromql: !METRICSQL.test(target.expr),
    })),
  ),
);

export interface Windows {
  readonly range: string;
  readonly rateInterval: string;
  readonly interval: string;
  /** What is chosen in the variables, as a regular expression; by default everything. */
  readonly chosen?: Readonly<Record<string, string>>;
}

/** The expression with Grafana's variables replaced. */
export function filledIn(expr: string, { range, rateInterval, interval, chosen = {} }: Windows): string {
  return expr
    .replaceAll('$__rate_interval', rateInterval)
    .replaceAll('$__interval', interval)
    .replaceAll('$__range', range)
    .replaceAll(/\$(repository|workflow|runs_on)\b/g, (_, name: string) => chosen[name] ?? '.*');
}
