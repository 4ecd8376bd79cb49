import { ALERT_GROUPS } from './alert-rules.ts';
import type { AlertRule, Severity } from './rule.ts';
import { anchorOf } from './rule-files.ts';

const SEVERITIES: Readonly<Record<Severity, string>> = {
  critical: 'Somebody has to act now, at night too.',
  warning: 'In working hours.',
  info: 'Good to know, for a channel that nobody has to watch.',
};

/** docs/alerts.md: how to use the rules, and a runbook entry for each. `note` says that it is generated. */
export function alertsPage(note: string): string {
  return `# Alerts

<!-- ${note} -->

Rules for Prometheus, Thanos, Mimir and vmalert, and what to do when one fires. They are in
[deploy/prometheus](../deploy/prometheus): load both files of rules.

\`\`\`yaml
rule_files:
  - ant-watcher-recording.rules.yaml
  - ant-watcher-alerts.rules.yaml
\`\`\`

[alertmanager.example.yaml](../deploy/prometheus/alertmanager.example.yaml) sends them by severity, and keeps the alerts
about your CI quiet while ant-watcher itself is down, silent or behind.

| severity | meaning |
| --- | --- |
${Object.entries(SEVERITIES)
  .map(([severity, meaning]) => `| \`${severity}\` | ${meaning} |`)
  .join('\n')}

## Good to know

- **Thresholds** are in one table, [thresholds.ts](../deploy/prometheus/thresholds.ts); the boards turn red at the same
  values. Change them and run \`npm run docs\`, or edit the files of rules.
- **Names of scrape jobs** do not matter. What is grouped keeps \`cluster\`, \`namespace\` and \`job\`, so several
  ant-watchers in one Prometheus alert on their own, and a label such as [the team](teams.md) stays for your routes.
- **Replicas** all show the same numbers of GitHub Actions. The rules take the largest over \`instance\`, \`pod\` and
  \`node\`, so scraping each of them counts nothing twice.
- **The first event counts.** Where single events matter, the rules subtract what a counter was: Prometheus'
  \`increase()\` [never sees the first value](prometheus.md#the-first-event). After a gap in the scrapes they begin
  with the first scrape after it, so old events do not alert again.
- **A scrape that fails** takes the values away until the next one. Most rules compare ages or keep an hour in view, so
  that an alert comes back as it was; Alertmanager's \`group_interval\` (10 minutes in the example) keeps it to one message.
- **Links.** \`dashboard\` is a path at Grafana and \`page\` one at ant-watcher, because the rules can't know your
  hosts; the example for Alertmanager puts them in front.
- **A new Prometheus** has no history: what compares with an hour, a day or a week ago begins to work after that time.

## From an alert to the job

Metrics show how many jobs wait and for how long, not which. \`ant-watcher jobs\` asks the running service for the jobs,
with the labels of the alert as flags:

| alert | command |
| --- | --- |
| a job waits for a runner | \`ant-watcher jobs --status queued --runs-on self-hosted,gpu\` |
| a job runs for long | \`ant-watcher jobs --status in_progress\` |
| failures have grown | \`ant-watcher jobs --status completed --conclusion failure --repository octo/hill --job-name build --from=-2h\` |
| queue times are high | \`ant-watcher jobs --status completed --sort=-queue_seconds --from=-7d --limit 10\` |
| there are stale jobs | \`ant-watcher jobs --stale\` |

It prints one line per job, with its URL at GitHub. \`--json\` prints the answer of the API, which
[http-api.md](http-api.md#get-apiv1jobs) describes; \`ant-watcher help jobs\` lists all flags. For everything known
about one job: \`ant-watcher explain --job ID\`.

${ALERT_GROUPS.map(({ title, rules }) => `## ${title}\n\n${groupTable(rules)}\n\n${rules.map(entry).join('\n')}`).join('\n')}
## Samples that are pushed

[Queries for event samples](queries.md) has an alert on [event samples](push-samples.md), which have the time of the
event.
`;
}

function groupTable(rules: readonly AlertRule[]): string {
  const rows = rules.map(({ name, severity, for: pending = 'at once' }) => {
    return `| [${name}](#${anchorOf(name)}) | \`${severity}\` | ${pending} |`;
  });
  return ['| alert | severity | after |', '| --- | --- | --- |', ...rows].join('\n');
}

function entry({ name, runbook }: AlertRule): string {
  return `### ${name}

${runbook.means}

- **Look at first:** ${runbook.look}
- **Fix:** ${runbook.fix}
- **Harmless when:** ${runbook.harmless}
`;
}
