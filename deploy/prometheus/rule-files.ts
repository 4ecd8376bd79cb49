import { stringify } from 'yaml';
import { ALERT_GROUPS } from './alert-rules.ts';
import type { OldNames } from './compat/old-names.ts';
import { RECORDING_RULES } from './recording-rules.ts';
import type { AlertRule } from './rule.ts';

/** Where the runbooks are. */
export const RUNBOOKS = 'https://github.com/ant-watcher/ant-watcher/blob/main/docs/alerts.md';

/** Of deploy/prometheus/ant-watcher-recording.rules.yaml. `note` says that it is generated. */
export function recordingRulesFile(note: string): string {
  const rules = RECORDING_RULES.map(({ record, expr }) => ({ record, expr }));
  const about = RECORDING_RULES.map(({ record, about }) => `${record}: ${about}`);
  return printFile(
    [note, 'Load it before the alerts, which read some of it.', ...about],
    [{ name: 'ant-watcher.recording', rules }],
  );
}

/** Of deploy/prometheus/compat-NAME.rules.yaml. */
export function oldNamesFile({ name, exporter, notes, rules }: OldNames, note: string): string {
  const about = rules.flatMap(({ record, about }) => (about === '' ? [] : [`${record}: ${about}`]));
  return printFile(
    [
      note,
      `The metrics of ${exporter}, computed from those of ant-watcher. docs/migrate.md says more.`,
      ...notes,
      ...about,
    ],
    [{ name: `ant-watcher.compat.${name}`, rules: rules.map(({ about: _, ...rule }) => rule) }],
  );
}

/** Of deploy/prometheus/ant-watcher-alerts.rules.yaml. */
export function alertRulesFile(note: string): string {
  const groups = ALERT_GROUPS.map(({ name, rules }) => ({ name, rules: rules.map(printAlert) }));
  return printFile(
    [
      note,
      'docs/alerts.md explains each alert. Some need ant-watcher-recording.rules.yaml as well. `dashboard` and `page` are',
      'paths: at your Grafana, and at the API address of your ant-watcher.',
    ],
    groups,
  );
}

function printAlert(alert: AlertRule): object {
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for !== undefined && { for: alert.for }),
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${RUNBOOKS}#${anchorOf(alert.name)}`,
      dashboard: alert.board,
      page: alert.page,
    },
  };
}

/** The anchor that a heading gets in Markdown at GitHub. */
export function anchorOf(name: string): string {
  return name.toLowerCase();
}

function printFile(comments: readonly string[], groups: readonly object[]): string {
  const head = comments.map((line) => `# ${line}\n`).join('');
  return `${head}${stringify({ groups }, { lineWidth: 0, blockQuote: 'literal' })}`;
}
