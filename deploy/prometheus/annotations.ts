/*
 * Texts of annotations: Prometheus fills in the labels and the value of the alert when it fires. vmalert understands the
 * same templates.
 */

/** A duration, such as `40m 0s`. */
export const DURATION = '{{ $value | humanizeDuration }}';
/** A share, such as `52%`. */
export const SHARE = '{{ $value | humanizePercentage }}';
/** A count or another plain number. */
export const COUNT = '{{ $value }}';
/** An amount of money in whole units. */
export const MONEY = '{{ printf "%.0f" $value }}';
/** How many times as much. */
export const TIMES = '{{ printf "%.1f" $value }}';

/** Boards of deploy/grafana by what they show, as paths of Grafana. */
export const BOARDS = {
  overview: '/d/ant-watcher-overview',
  queues: '/d/ant-watcher-queues',
  workflow: '/d/ant-watcher-workflow',
  self: '/d/ant-watcher-self',
} as const;

/** The value of a label. */
export function label(name: string): string {
  return `{{ $labels.${name} }}`;
}

/** The value as one word of a shell: names of workflows and labels are made by others. */
export function word(name: string): string {
  return `'{{ reReplaceAll "'" "'\\\\''" $labels.${name} }}'`;
}

/** A path with these labels as filters: of the page of ant-watcher, and with the prefix `var-` of a board. */
export function linkTo(path: string, labels: readonly string[] = [], prefix = ''): string {
  if (labels.length === 0) return path;
  const pairs = labels.map((name) => `${prefix}${name}={{ $labels.${name} | urlquery }}`);
  return `${path}?${pairs.join('&')}`;
}
