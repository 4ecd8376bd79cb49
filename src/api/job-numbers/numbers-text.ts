import type { LabelPair } from '../../domain/sample.ts';
import { openNumberList, type ParsedNumbers } from './number-rules.ts';

/*
 * Numbers in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), as far
 * as it applies: one sample per line, without a time.
 */

/** Parts of this pattern can't match in two ways, so the time is linear, whatever the line contains. */
const SAMPLE = /^([^ \t{]+)[ \t]*(\{.*\})?[ \t]+([^ \t]+)(?:[ \t]+(.+))?$/s;
const LABEL = /[ \t]*([^\s="{},]+)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(,|$)/y;
const TYPE = /^#[ \t]+TYPE[ \t]+(\S+)[ \t]+(\S+)$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads at most `maxNumbers`. */
export function readNumbersText(text: string, maxNumbers: number): ParsedNumbers {
  const list = openNumberList(maxNumbers);
  for (const [index, raw] of text.split('\n').entries()) {
    if (list.isFull) break;
    const line = raw.trim();
    const where = `line ${index + 1}`;
    if (line.startsWith('#')) {
      const problem = typeProblem(line);
      if (problem !== null) list.reject(where, problem);
    } else if (line !== '') readLine(line, where, list);
  }
  return list.found();
}

function readLine(line: string, where: string, list: ReturnType<typeof openNumberList>): void {
  const [, name = '', braces, value = '', rest] = SAMPLE.exec(line) ?? [];
  const labels = braces === undefined ? [] : labelsIn(braces.slice(1, -1));
  if (name === '' || labels === null) list.reject(where, 'is not NAME{LABEL="VALUE",…} NUMBER');
  else if (rest !== undefined) list.reject(where, 'has more than a number: a time is not taken');
  else list.add({ where, name, labels, value: NUMBER.test(value) ? Number(value) : Number.NaN });
}

/** A counter is recognised by its name. A different type would be counted wrongly. */
function typeProblem(line: string): string | null {
  const [, name, type] = TYPE.exec(line) ?? [];
  if (name === undefined || type === undefined || type === 'untyped' || type === 'unknown') return null;
  if (type !== 'counter' && type !== 'gauge')
    return `is of type ${type.slice(0, 20)}: only counters and gauges are taken`;
  if (name.endsWith('_total') === (type === 'counter')) return null;
  return type === 'counter'
    ? 'is a counter: its name must end in _total'
    : 'is a gauge: its name must not end in _total';
}

/** Null if they are not valid labels. */
function labelsIn(between: string): LabelPair[] | null {
  const text = between.trimEnd();
  const labels: LabelPair[] = [];
  let at = 0;
  while (at < text.length) {
    LABEL.lastIndex = at;
    const [whole, name = '', value = '', end] = LABEL.exec(text) ?? [];
    if (whole === undefined || (end === '' && at + whole.length < text.length)) return null;
    labels.push([name, unescaped(value)]);
    at += whole.length;
  }
  return labels;
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}
