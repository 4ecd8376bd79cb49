import type { Board } from './board.ts';
import { dashboardOf } from './board.ts';
import type { DashboardJson } from './dashboard-json.ts';
import { overview } from './overview.ts';
import { FROM_EVENTS, FROM_HISTOGRAMS } from './percentiles.ts';
import { queues } from './queues.ts';
import { self } from './self.ts';
import { workflow } from './workflow.ts';

/** All boards; those that end with `-events` need VictoriaMetrics and pushed event samples. */
export const BOARDS: readonly Board[] = [
  ...[FROM_HISTOGRAMS, FROM_EVENTS].flatMap((from) => [overview(from), queues(from), workflow(from)]),
  self(),
];

/** Each board as Grafana reads it, by the name of its file in `deploy/grafana/dashboards/`. */
export const DASHBOARDS: ReadonlyMap<string, DashboardJson> = new Map(
  BOARDS.map((board) => [`${board.uid}.json`, dashboardOf(board)]),
);

/** The files of all boards, by their paths from the root of the project; each function returns the text. */
export function boardFiles(): Record<string, () => string> {
  const files = Array.from(DASHBOARDS, ([file, board]): [string, () => string] => [
    `deploy/grafana/dashboards/${file}`,
    () => `${JSON.stringify(board, null, 2)}\n`,
  ]);
  return Object.fromEntries(files);
}
