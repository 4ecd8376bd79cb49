import type { CompatSet, CountedMetric, OldGauge } from '../src/compat/old-metric.ts';
import { COMPAT_SETS } from '../src/compat/sets.ts';
import { WORDS } from '../src/compat/words.ts';
import { boundsOf, DURATION_BUCKETS_MS } from '../src/domain/metric.ts';

/*
 * The page of names of other exporters, from the tables in the code.
 */

/** docs/old-names.md, with this remark at the top. */
export function oldNamesPage(generated: string): string {
  return `# Names of other exporters

<!-- ${generated} -->

What each name counts where \`metrics.compat\` has its exporter: [Move from another exporter](migrate.md#count-under-the-old-names)
says how to switch it on, and what differs from the exporter itself. Labels without a value are left out.

${Object.entries(COMPAT_SETS)
  .map(([name, set]) => describeSet(name, set))
  .join('\n')}
## Where labels come from

${table(
  ['word', 'what it is'],
  Object.entries(WORDS).map(([word, about]) => [`\`${word}\``, about]),
)}
`;
}

function describeSet(name: string, { exporter, counted, gauges }: CompatSet): string {
  const rows = [
    ...counted.map((metric) => rowOf(metric, labelsOf(metric.from))),
    ...gauges.map((metric) => rowOf(metric, metric.labels.map(code))),
  ];
  const bounds = new Map(
    counted.filter(({ type }) => type === 'histogram').map((each) => [boundsText(each), each]),
  );
  return `## ${name}

Of ${exporter}, at \`/metrics/compat/${name}\`.

${table(['metric', 'type', 'labels', 'what it counts'], rows)}

${[...bounds.keys()].map((text) => `Buckets: ${text}.\n`).join('\n')}`;
}

function rowOf({ name, type, help }: CountedMetric | OldGauge, labels: readonly string[]): string[] {
  return [code(name), type, labels.join(', ') || 'none', help];
}

/** With the word that is the value, where that does not follow from the name. */
function labelsOf(from: CountedMetric['from']): string[] {
  const words = new Map(
    from.flatMap(({ labels, fixed = {} }) => [
      ...Object.entries(labels),
      ...Object.entries(fixed).map(([label]) => [label, null] as const),
    ]),
  );
  return Array.from(words, ([label, word]) => (word === null ? code(label) : `${code(label)}: ${word}`));
}

function boundsText(metric: CountedMetric): string {
  if (metric.buckets === DURATION_BUCKETS_MS) return 'those of `metrics.duration_buckets`';
  return `${boundsOf(metric).join(', ')}, +Inf`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
