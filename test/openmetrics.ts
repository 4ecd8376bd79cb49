import assert from 'node:assert/strict';

/** What is behind the `#` of a line. */
export interface ShownExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly seconds: number;
}

/** One sample line. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: ShownExemplar;
}

/** One metric family of an OpenMetrics text. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string | undefined;
  readonly samples: readonly Sample[];
}

const DESCRIPTION = /^# (HELP|TYPE|UNIT) ([a-z_][a-z0-9_]*) (.*)$/;
const SAMPLE = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? ([-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Inf)|NaN)$/s;
const EXEMPLAR = /^(.*) # \{([^{}]*)\} (\d+(?:\.\d+)?) (\d+(?:\.\d+)?)$/s;
/** Of the names and values of an exemplar's labels together. */
const MAX_EXEMPLAR_LENGTH = 128;
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
const SUFFIXES: Record<string, readonly string[]> = {
  counter: ['_total'],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
};

/**
 * Reads OpenMetrics 1.0 as strictly as its specification allows, for the three types we write. Throws an
 * assertion error.
 */
export function parseOpenMetrics(text: string): Family[] {
  assert.ok(text.endsWith('# EOF\n'), 'the text ends with # EOF');
  const families: (Family & { samples: Sample[] })[] = [];
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const [, keyword, name = '', rest = ''] = DESCRIPTION.exec(line) ?? [];
    let family = families.at(-1);
    if (keyword === undefined) {
      assert.ok(family, `a description comes before ${line}`);
      family.samples.push(parseSample(line));
      continue;
    }
    if (family?.name !== name) {
      assert.ok(!families.some((each) => each.name === name), `${name} is described in one place`);
      family = { name, type: '', help: '', unit: undefined, samples: [] };
      families.push(family);
    }
    assert.equal(family.samples.length, 0, `${name} is described before its samples`);
    Object.assign(family, { [keyword.toLowerCase()]: rest });
  }
  for (const family of families) checkFamily(family);
  return families;
}

function parseSample(line: string): Sample {
  const [, sample = line, shown, shownValue, seconds] = EXEMPLAR.exec(line) ?? [];
  const [, name, labelText = '', value = ''] = SAMPLE.exec(sample) ?? [];
  assert.ok(name !== undefined, `a sample line: ${line}`);
  const own = {
    name,
    labels: parseLabels(labelText, line),
    value: Number(value.replace('Inf', 'Infinity')),
  };
  if (shown === undefined) return own;
  const labels = parseLabels(shown, line);
  const length = [...Object.entries(labels).flat().join('')].length;
  assert.ok(length <= MAX_EXEMPLAR_LENGTH, `the labels of the exemplar of ${line}`);
  return { ...own, exemplar: { labels, value: Number(shownValue), seconds: Number(seconds) } };
}

function parseLabels(labelText: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < labelText.length) {
    const [, label, escaped = ''] = LABEL.exec(labelText) ?? [];
    assert.ok(label !== undefined && !(label in labels), `labels of ${line}`);
    labels[label] = escaped.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
  }
  return labels;
}

function checkFamily({ name, type, help, unit, samples }: Family): void {
  assert.ok(samples.length > 0, `${name} has samples`);
  assert.match(help, /^(?:[^"\\]|\\[\\"n])+$/, `HELP of ${name}`);
  assert.ok(unit === undefined || name.endsWith(`_${unit}`), `${name} ends with its unit ${unit}`);
  const names = SUFFIXES[type]?.map((suffix) => name + suffix) ?? [];
  for (const sample of samples)
    assert.ok(names.includes(sample.name), `${sample.name} belongs to the ${type} ${name}`);
  const keys = samples.map((sample) => JSON.stringify([sample.name, sample.labels]));
  assert.equal(new Set(keys).size, keys.length, `${name} has each series once`);
  for (const { name: line, exemplar } of samples)
    assert.ok(exemplar === undefined || line === `${name}_bucket`, `${line} may not have an exemplar`);
  if (type === 'counter') assert.ok(samples.every(({ value }) => value >= 0));
  if (type === 'histogram') checkHistograms(name, samples);
}

/**
 * Each series: buckets upwards, the last one +Inf, cumulative; then sum, then count, equal to the last
 * bucket.
 */
function checkHistograms(name: string, samples: readonly Sample[]): void {
  let bounds: number[] = [];
  let counts: number[] = [];
  let labels: object = {};
  for (const sample of samples) {
    const { le, ...others } = sample.labels;
    if (sample.name === `${name}_bucket`) {
      assert.match(le ?? '', /^(\d+\.\d+|\+Inf)$/, 'a bound shows that it is a float');
      const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
      const value = sample.exemplar?.value;
      assert.ok(
        value === undefined || (value <= bound && value > (bounds.at(-1) ?? Number.NEGATIVE_INFINITY)),
        `the exemplar of ${name} is within its bucket ${le}`,
      );
      bounds.push(bound);
      counts.push(sample.value);
      if (bounds.length === 1) labels = others;
    }
    assert.deepEqual(others, labels, 'the lines of a series are together');
    if (sample.name !== `${name}_count`) continue;
    assert.deepEqual(
      bounds,
      bounds.toSorted((a, b) => a - b),
    );
    assert.equal(bounds.at(-1), Number.POSITIVE_INFINITY);
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.equal(sample.value, counts.at(-1));
    [bounds, counts] = [[], []];
  }
  assert.equal(bounds.length, 0, `every series of ${name} has a count`);
}
