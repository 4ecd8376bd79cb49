import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readOtlp } from '../../test/otlp/read-otlp.ts';
import type { Attributes } from './attributes.ts';
import { encodeMetrics, type OtlpPoint, type ResourceMetrics } from './metric-data.ts';

const attributes: fc.Arbitrary<Attributes> = fc.uniqueArray(
  fc.tuple(
    fc.string(),
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.array(fc.string())),
  ),
  { selector: ([name]) => name },
);
const times = { startMs: fc.option(fc.nat(2 ** 41)), atMs: fc.nat(2 ** 41) };
/** JSON has neither infinity nor a negative zero. */
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const numberPoint = fc.record({ ...times, attributes, value: fc.maxSafeInteger() });
const histogramPoint = fc.integer({ min: 0, max: 20 }).chain((size) => {
  const counts = fc.array(fc.nat(2 ** 48), { minLength: size + 1, maxLength: size + 1 });
  const upperBounds = fc.array(double, { minLength: size, maxLength: size });
  return fc.record({ ...times, attributes, value: fc.record({ upperBounds, counts, sum: double }) });
});

function metricOf(type: 'counter' | 'up_down_counter' | 'histogram', point: fc.Arbitrary<OtlpPoint>) {
  return fc.record({
    metric: fc.record({
      name: fc.string(),
      description: fc.string(),
      unit: fc.string(),
      type: fc.constant(type),
    }),
    points: fc.array(point, { maxLength: 4 }),
  });
}

const data: fc.Arbitrary<ResourceMetrics[]> = fc.array(
  fc.record({
    resource: attributes,
    schemaUrl: fc.webUrl(),
    scopeName: fc.string(),
    metrics: fc.array(
      fc.oneof(
        metricOf('counter', numberPoint),
        metricOf('up_down_counter', numberPoint),
        metricOf('histogram', histogramPoint),
      ),
      { maxLength: 4 },
    ),
  }),
  { maxLength: 3 },
);

/** Without lists that are empty, which protobuf does not write. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, each]) => !Array.isArray(each) || each.length > 0);
  return Object.fromEntries(kept.map(([name, each]) => [name, withoutEmpty(each)]));
}

test("read with OpenTelemetry's own definitions, protobuf says what JSON says", () => {
  fc.assert(
    fc.property(data, (resources) => {
      const json = JSON.parse(Buffer.from(encodeMetrics(resources, 'json')).toString());
      const read = readOtlp('metrics', encodeMetrics(resources, 'protobuf'));
      assert.deepEqual(withoutEmpty(read), withoutEmpty(json));
    }),
  );
});

test('a counter, an up-down counter and a histogram, as OTLP writes them in JSON', () => {
  const common = {
    attributes: [['cicd.pipeline.name', 'CI']],
    startMs: 1_764_400_000_000,
    atMs: 1_764_480_000_123,
  } as const;
  const metric = { name: 'm', description: 'What it is.', unit: 's' };
  const histogram = { upperBounds: [1, 2.5], counts: [3, 0, 2 ** 40], sum: 7.5 };
  const [found] = JSON.parse(
    Buffer.from(
      encodeMetrics(
        [
          {
            resource: [['service.name', 'api']],
            schemaUrl: 'https://opentelemetry.io/schemas/1.44.0',
            scopeName: 'ant-watcher',
            metrics: [
              { metric: { ...metric, type: 'counter' }, points: [{ ...common, value: 5 }] },
              {
                metric: { ...metric, type: 'up_down_counter' },
                points: [{ ...common, startMs: null, value: 0 }],
              },
              { metric: { ...metric, type: 'histogram' }, points: [{ ...common, value: histogram }] },
            ],
          },
        ],
        'json',
      ),
    ).toString(),
  ).resourceMetrics;
  const attributes = [{ key: 'cicd.pipeline.name', value: { stringValue: 'CI' } }];
  const start = { startTimeUnixNano: '1764400000000000000' };
  const point = { attributes, timeUnixNano: '1764480000123000000' };
  const buckets = {
    count: '1099511627779',
    sum: 7.5,
    bucketCounts: ['3', '0', '1099511627776'],
    explicitBounds: [1, 2.5],
  };
  assert.deepEqual(found, {
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'api' } }] },
    scopeMetrics: [
      {
        scope: { name: 'ant-watcher' },
        metrics: [
          {
            ...metric,
            sum: {
              dataPoints: [{ ...point, ...start, asInt: '5' }],
              aggregationTemporality: 2,
              isMonotonic: true,
            },
          },
          { ...metric, sum: { dataPoints: [{ ...point, asInt: '0' }], aggregationTemporality: 2 } },
          {
            ...metric,
            histogram: { dataPoints: [{ ...point, ...start, ...buckets }], aggregationTemporality: 2 },
          },
        ],
        schemaUrl: 'https://opentelemetry.io/schemas/1.44.0',
      },
    ],
    schemaUrl: 'https://opentelemetry.io/schemas/1.44.0',
  });
});
