import type { LabelPair } from '../../domain/sample.ts';
import { openNumberList, type ParsedNumbers } from './number-rules.ts';

/*
 * Numbers as JSON: `{ "metrics": [{ "name": "tests_total", "value": 5, "labels": { "suite": "unit" } }] }`.
 */

const KEYS = ['name', 'value', 'labels'];

/** Reads at most `maxNumbers`. */
export function readNumbersJson(text: string, maxNumbers: number): ParsedNumbers {
  const list = openNumberList(maxNumbers);
  const body = parsed(text);
  const metrics = body?.['metrics'];
  if (body === null || !Array.isArray(metrics) || Object.keys(body).length > 1) {
    list.reject('the body', 'must be { "metrics": [{ "name", "value", "labels" }] }');
    return list.found();
  }
  for (const [index, metric] of metrics.entries()) {
    if (list.isFull) break;
    readMetric(objectOf(metric), `metrics[${index}]`, list);
  }
  return list.found();
}

function readMetric(
  metric: Record<string, unknown> | null,
  where: string,
  list: ReturnType<typeof openNumberList>,
): void {
  const { name, value, labels = {} } = metric ?? {};
  const unknownName = Object.keys(metric ?? {}).find((key) => !KEYS.includes(key));
  const pairs = labelsOf(labels);
  if (metric === null) list.reject(where, 'must be an object');
  else if (unknownName !== undefined)
    list.reject(where, `has ${JSON.stringify(unknownName.slice(0, 50))}; known are ${KEYS.join(', ')}`);
  else if (typeof name !== 'string') list.reject(`${where}.name`, 'must be a text');
  else if (typeof value !== 'number') list.reject(`${where}.value`, 'must be a number');
  else if (pairs === null) list.reject(`${where}.labels`, 'must be an object of texts');
  else list.add({ where, name, labels: pairs, value });
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function labelsOf(value: unknown): LabelPair[] | null {
  const entries = Object.entries(objectOf(value) ?? { '': null });
  return entries.every((each): each is [string, string] => typeof each[1] === 'string') ? entries : null;
}

function objectOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
