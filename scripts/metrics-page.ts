import { DOMAIN, EVENTS } from '../src/domain/catalogue.ts';
import type { Metric } from '../src/domain/metric.ts';
import { SELF } from '../src/domain/own-metrics.ts';

/*
 * The page of metrics, from the tables in the code.
 */

/** docs/metrics.md, with this remark at the top. */
export function metricsPage(generated: string): string {
  return `# Metrics

<!-- ${generated} -->

\`/metrics\` on the API listener serves the Prometheus text format 0.0.4, or OpenMetrics 1.0 to a scraper that asks for it. The
names of samples are the same in both. OpenMetrics differs in this: \`# HELP\` and \`# TYPE\` of a counter omit \`_total\` (the
family \`github_actions_jobs\` has the samples \`github_actions_jobs_total\`), units have a \`# UNIT\` line, and bucket bounds
that are whole numbers are written as \`1.0\`.

Counters and histograms are stored with the state and continue after a restart, except those that begin with \`process_\` or
\`nodejs_\`. Gauges are computed for each scrape. Many series start at 0 before they count anything: see
[The first event](prometheus.md#the-first-event). A histogram has the samples \`_bucket\` (label \`le\`), \`_sum\` and \`_count\`.

No label contains the id of a run or job, a commit, or anything else that is unique to a run. Where people put such an id into
a name (of a job, step, workflow, runner label or runner group), it is replaced by \`*\`: see
[Names without ids](meaning.md#names-without-ids). Names of branches, people and runners are not used as labels.

All that has the label \`repository\` can have more labels, such as the team: see [Numbers by team](teams.md).

## GitHub Actions

${Object.values(DOMAIN).map(describeMetric).join('\n')}
## Pushed event samples

With \`push.url\` or \`sinks\` set, every event is pushed as a sample with its own timestamp in milliseconds: GitHub's time in whole seconds,
plus the last three digits of the id of the job or run, so that two events of one series don't collide. If they still would, the
later one gets the next free millisecond. These samples are not on \`/metrics\`. [Queries for event samples](queries.md) shows how
to use them.

${Object.values(EVENTS).map(describeMetric).join('\n')}
## Jobs

[Numbers that jobs report themselves](job-numbers.md) begin with \`job_\`. Jobs choose their names and labels; \`repository\`
and \`workflow\` are added. They come last on \`/metrics\`.

## ant-watcher itself

${Object.values(SELF).map(describeMetric).join('\n')}`;
}

function describeMetric({ name, type, labels, help, buckets, scale = 1 }: Metric): string {
  const lines = [`### \`${name}\`\n`, `${help}\n`, `- ${type}`];
  lines.push(`- labels: ${labels.length === 0 ? 'none' : labels.map((label) => `\`${label}\``).join(', ')}`);
  if (buckets !== undefined)
    lines.push(`- buckets: ${buckets.map((bound) => bound / scale).join(', ')}, +Inf`);
  if (type === 'counter') lines.push(`- family in OpenMetrics: \`${name.replace(/_total$/, '')}\``);
  return `${lines.join('\n')}\n`;
}
