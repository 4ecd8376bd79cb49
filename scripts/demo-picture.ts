import { text } from 'node:stream/consumers';

/*
 * Draws what one scrape of /metrics shows, for the README:
 *
 *   curl -s localhost:9876/metrics | bin/node scripts/demo-picture.ts > docs/images/demo.svg
 */

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Bar {
  readonly label: string;
  /** From the left, drawn one behind the other. */
  readonly parts: readonly { readonly value: number; readonly colour: string }[];
  readonly text: string;
}

const WIDTH = 880;
const HEIGHT = 346;
const BLUE = '#2f6fdb';
const PALE = '#b9cff5';
const AMBER = '#e0a100';
const RED = '#d1493f';
const ROWS = 7;

/** The picture of an exposition in Prometheus' text format, as SVG. */
export function drawDemo(exposition: string, nowMs: number): string {
  const series = seriesOf(exposition);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#24292f">
<rect x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="8" fill="#fff" stroke="#d0d7de"/>
${tiles(series, nowMs).map(drawTile).join('\n')}
${drawPanel(20, 'Queue time by runner: median, p95', queueBars(series))}
${drawPanel(312, 'Now: running, queued, waiting', activeBars(series))}
${drawPanel(604, 'Why jobs failed', failureBars(series))}
</svg>
`;
}

function seriesOf(exposition: string): Series[] {
  const lines = exposition.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm);
  return Array.from(lines, ([, name = '', labels = '', value]) => ({
    name,
    labels: Object.fromEntries(
      Array.from(labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g), ([, label = '', said = '']) => [label, said]),
    ),
    value: Number(value),
  }));
}

/** The sums of a metric by the values of one label, largest first. */
function sumBy(series: readonly Series[], name: string, label: string): [string, number][] {
  const sums = new Map<string, number>();
  for (const { labels, value } of series.filter((each) => each.name === name)) {
    const key = labels[label] ?? '';
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return [...sums].sort(([, one], [, other]) => other - one);
}

function sum(series: readonly Series[], name: string, by: Readonly<Record<string, string>> = {}): number {
  return series
    .filter((each) => each.name === name)
    .filter(({ labels }) => Object.entries(by).every(([label, wanted]) => labels[label] === wanted))
    .reduce((total, { value }) => total + value, 0);
}

function tiles(series: readonly Series[], nowMs: number): [string, string][] {
  const failed = sum(series, 'github_actions_jobs_total', { conclusion: 'failure' });
  const passed = sum(series, 'github_actions_jobs_total', { conclusion: 'success' });
  const queuedSince = series
    .filter(({ name }) => name === 'github_actions_oldest_active_job_timestamp_seconds')
    .filter(({ labels }) => labels['status'] === 'queued')
    .map(({ value }) => value);
  return [
    ['runs', whole(sum(series, 'github_actions_runs_total'))],
    ['jobs', whole(sum(series, 'github_actions_jobs_total'))],
    ['failed', `${((100 * failed) / (failed + passed)).toFixed(1)} %`],
    ['flaky jobs', whole(sum(series, 'github_actions_flaky_jobs_total'))],
    ['list price', `$${sum(series, 'github_actions_cost_dollars_total').toFixed(0)}`],
    ['longest wait now', seconds(nowMs / 1000 - Math.min(...queuedSince))],
  ];
}

function queueBars(series: readonly Series[]): Bar[] {
  return sumBy(series, 'github_actions_job_queue_seconds_count', 'runs_on')
    .slice(0, ROWS)
    .map(([runsOn]) => {
      const [median, high] = [0.5, 0.95].map((share) => quantile(series, runsOn, share));
      const parts = [
        { value: high ?? 0, colour: PALE },
        { value: median ?? 0, colour: BLUE },
      ];
      return { label: runsOn, parts, text: `${seconds(median ?? 0)}, ${seconds(high ?? 0)}` };
    });
}

/** As `histogram_quantile` computes it. */
function quantile(series: readonly Series[], runsOn: string, share: number): number {
  const buckets = sumBy(
    series.filter(({ labels }) => labels['runs_on'] === runsOn),
    'github_actions_job_queue_seconds_bucket',
    'le',
  )
    .map(([bound, count]) => [bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound), count] as const)
    .sort(([one], [other]) => one - other);
  const rank = share * (buckets.at(-1)?.[1] ?? 0);
  let [lower, below] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= rank)
      return Number.isFinite(bound)
        ? lower + ((bound - lower) * (rank - below)) / Math.max(count - below, 1)
        : lower;
    [lower, below] = [bound, count];
  }
  return lower;
}

function activeBars(series: readonly Series[]): Bar[] {
  const name = 'github_actions_active_jobs';
  return sumBy(series, name, 'runs_on')
    .slice(0, ROWS)
    .map(([runsOn, all]) => {
      const [running, queued] = ['in_progress', 'queued'].map((status) =>
        sum(series, name, { runs_on: runsOn, status }),
      );
      const parts = [
        { value: all, colour: PALE },
        { value: (running ?? 0) + (queued ?? 0), colour: AMBER },
        { value: running ?? 0, colour: BLUE },
      ];
      return { label: runsOn, parts, text: `${running}, ${queued}, ${all - (running ?? 0) - (queued ?? 0)}` };
    });
}

function failureBars(series: readonly Series[]): Bar[] {
  return sumBy(series, 'github_actions_job_failures_total', 'cause')
    .slice(0, ROWS)
    .map(([cause, count]) => ({ label: cause, parts: [{ value: count, colour: RED }], text: whole(count) }));
}

function drawTile([label, value]: [string, string], index: number): string {
  const x = 20 + index * 143;
  return `<text x="${x}" y="38" font-size="22" font-weight="600">${value}</text><text x="${x}" y="56" fill="#57606a">${label}</text>`;
}

function drawPanel(x: number, title: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ parts }) => parts[0]?.value ?? 0), 1);
  const rows = bars.map(({ label, parts, text: figures }, index) => {
    const y = 112 + index * 32;
    const drawn = parts.map(
      ({ value, colour }) =>
        `<rect x="${x}" y="${y + 5}" width="${((252 * value) / most).toFixed(1)}" height="9" rx="2" fill="${colour}"/>`,
    );
    return `<text x="${x}" y="${y}">${escaped(label)}</text><text x="${x + 252}" y="${y}" text-anchor="end" fill="#57606a">${figures}</text>${drawn.join('')}`;
  });
  return `<text x="${x}" y="88" font-weight="600">${title}</text>\n${rows.join('\n')}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function seconds(value: number): string {
  if (value < 60) return `${value.toFixed(0)} s`;
  return value < 3600 ? `${(value / 60).toFixed(1)} min` : `${(value / 3600).toFixed(1)} h`;
}

function escaped(label: string): string {
  return label.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

if (import.meta.main) process.stdout.write(drawDemo(await text(process.stdin), Date.now()));
