import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { peerPath } from '../peers.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { type AlertCase, type FiringAlert, JOB, PROCESS } from './alert-case.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/prometheus');
const SCRAPED = 'ant_watcher_queue_deliveries{state="pending"}';

export interface PrintedRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The rules of a file of deploy/prometheus, as they are delivered. */
export function rulesOf(file: string): PrintedRule[] {
  const { groups } = parse(readFileSync(join(FOLDER, file), 'utf8')) as {
    groups: { rules: PrintedRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

export const ALERTS = rulesOf('ant-watcher-alerts.rules.yaml');
export const RECORDINGS = rulesOf('ant-watcher-recording.rules.yaml');

/** Has the real promtool play all cases; fails with what it says where an alert or one of its texts differs. */
export function expectAlerts(cases: readonly AlertCase[]): void {
  using folder = openTemporaryFolder({});
  const files = cases.map((each, index) => {
    const name = `${String(index).padStart(3, '0')}-${each.alert}`;
    writeFileSync(join(folder.path, `${name}.rules.yaml`), stringify(rulesFor(each.alert)));
    writeFileSync(join(folder.path, `${name}.yaml`), stringify(unitTest(each, `${name}.rules.yaml`)));
    return join(folder.path, `${name}.yaml`);
  });
  expectSuccess(files, cases);
}

function expectSuccess(files: readonly string[], cases: readonly AlertCase[]): void {
  const { status, stdout, stderr } = spawnSync(peerPath('promtool'), ['test', 'rules', ...files], {
    encoding: 'utf8',
  });
  const passed = stdout.match(/SUCCESS/g)?.length ?? 0;
  assert.equal(status, 0, `${stdout.replaceAll(/Unit Testing: .*\n\s+SUCCESS\n/g, '')}${stderr}`);
  assert.equal(passed, cases.length);
}

/** The alert alone, with what is recorded for it: the others would only take time. */
function rulesFor(name: string): object {
  const rule = ALERTS.find(({ alert }) => alert === name);
  assert.ok(rule !== undefined, `there is no alert ${name}`);
  return {
    groups: [
      { name: 'recorded', rules: recordedFor(rule.expr) },
      { name: 'alerts', rules: [rule] },
    ],
  };
}

/** In their order, with what they read themselves. */
function recordedFor(expr: string): PrintedRule[] {
  const read = RECORDINGS.filter(({ record = '' }) => expr.includes(record));
  const names = new Set(
    read.flatMap((rule) => [...recordedFor(rule.expr), rule]).map(({ record }) => record),
  );
  return RECORDINGS.filter(({ record }) => names.has(record));
}

function unitTest(each: AlertCase, rules: string): object {
  const { step, every } = each.weeks === true ? { step: '5m', every: '30m' } : { step: '1m', every: '1m' };
  const scraped = Object.keys(each.series).some((series) => series.includes('state="pending"'));
  const series = { ...(!scraped && { [SCRAPED]: '0x5000' }), ...each.series };
  return {
    rule_files: [rules],
    // In any order otherwise: then an alert may miss what is recorded for it at that moment.
    group_eval_order: ['recorded', 'alerts'],
    evaluation_interval: every,
    tests: [
      {
        name: each.what,
        interval: step,
        input_series: Object.entries(series).map(([name, values]) => ({ series: located(name), values })),
        alert_rule_test: [
          {
            eval_time: each.at,
            alertname: each.alert,
            exp_alerts: (each.firing ?? []).map(expected(each.alert)),
          },
        ],
      },
    ],
  };
}

/** With the labels that a scrape adds. */
function located(series: string): string {
  const [, name = '', labels = ''] = /^([\w:]+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const added = Object.entries({ job: JOB, ...PROCESS })
    .filter(([label]) => !new RegExp(`(^|,)${label}=`).test(labels))
    .map(([label, value]) => `${label}="${value}"`);
  return `${name}{${[...(labels === '' ? [] : [labels]), ...added].join(',')}}`;
}

function expected(name: string): (alert: FiringAlert) => object {
  const rule = ALERTS.find(({ alert }) => alert === name);
  return ({ labels, value, summary }) => {
    const all: Record<string, string> = { job: JOB, ...labels };
    const texts = Object.entries(rule?.annotations ?? {}).map(([key, text]) => [
      key,
      filledIn(text, all, value),
    ]);
    return {
      exp_labels: { ...rule?.labels, ...all },
      exp_annotations: { ...Object.fromEntries(texts), summary },
    };
  };
}

/** What Prometheus makes of a text, for the few forms that ours have. */
function filledIn(text: string, labels: Readonly<Record<string, string>>, value: string): string {
  return text
    .replaceAll(/\{\{ \$labels\.(\w+) \| urlquery \}\}/g, (_, name) =>
      String(new URLSearchParams([['', labels[name] ?? '']])).slice(1),
    )
    .replaceAll(/\{\{ reReplaceAll .*? \$labels\.(\w+) \}\}/g, (_, name) =>
      (labels[name] ?? '').replaceAll("'", "'\\''"),
    )
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name) => labels[name] ?? '')
    .replaceAll(/\{\{ [^}]*\$value[^}]* \}\}/g, value);
}
