import { yamlScalar } from '../../config/print-settings.ts';
import { listSettings } from '../../config/settings.ts';
import { redactText } from '../../logger/redact.ts';
import type { OldExporter } from './old-exporter.ts';
import type { Migration, NewSetting } from './translate.ts';

/** The configuration file. `name`: as `--from` has it. */
export function configurationText(
  name: string,
  { title }: OldExporter,
  { settings: translated }: Migration,
): string {
  const about = `in place of recording rules: its names at /metrics/compat/${name}`;
  const settings = [...translated, { key: 'metrics.compat', text: name, about, isOff: true }];
  const order = listSettings().flatMap(({ name }) => [name, `${name}_file`]);
  const sorted = settings.toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
  const groups = Map.groupBy(sorted, ({ key }) => key.split('.')[0]);
  const lines = Array.from(groups, ([group, members]) => {
    const header = members.every(({ isOff }) => isOff) ? `# ${group}:` : `${group}:`;
    return [header, ...members.flatMap(linesOf)];
  });
  return `# For ant-watcher, from the settings of ${title}.\n${lines.flat().join('\n')}\n`;
}

const WIDTH = 110;

/** A long remark stands above. */
function linesOf({ key, text, about, isOff }: NewSetting): string[] {
  const line = `${isOff ? '# ' : ''}${key.slice(key.indexOf('.') + 1)}: ${yamlScalar(text)}`;
  const remark = `# ${visible(about)}`;
  const both = `  ${line} ${remark}`;
  return both.length <= WIDTH ? [both] : [`  ${remark}`, `  ${line}`];
}

/** What to do besides, and what is lost or differs. */
export function reportText(
  name: string,
  { title, differences }: OldExporter,
  remarks: readonly string[],
): string {
  const rows = differences.map(([metric, ours, differs]) => `${metric} → ${ours}: ${differs}`);
  return `
Save the configuration (stdout) as a file, write the files that it names, and check it: ant-watcher check-config --config FILE
/metrics asks for a login and listens on this machine only, unless you set api.host, and api.tokens or api.public.
The board goes on with the recording rules deploy/prometheus/compat-${name}.rules.yaml, or with metrics.compat: ${name}, which
is scraped at /metrics/compat/${name}; docs/migrate.md says which to take, and how to run both exporters for a week.
${listOf('Not taken over', remarks.map(visible))}${listOf(
  `What is lost or differs of the metrics of ${title}, beside what docs/migrate.md says of all exporters`,
  rows.map(withoutMarkdown),
)}`;
}

function listOf(heading: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `\n${heading}:\n${items.map((each) => `  - ${each}\n`).join('')}`;
}

function withoutMarkdown(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 (docs/$2)').replaceAll(/\*\*|`/g, '');
}

/** On one line, and without what looks like a secret. */
function visible(text: string): string {
  return redactText(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '));
}
