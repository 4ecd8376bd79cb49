import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readOtlp } from '../../test/otlp/read-otlp.ts';
import { OTEL } from '../compat/otel.ts';
import { DOMAIN } from '../domain/catalogue.ts';
import type { Metric } from '../domain/metric.ts';
import type { OtlpFamily, OtlpSeries } from './families.ts';
import { snapshotRequests } from './requests.ts';
import { resourceOf } from './resource.ts';

const AT_MS = 1_764_480_000_000;
const OPTIONS = {
  atMs: AT_MS,
  encoding: 'protobuf',
  resourceOf: (key: string) =>
    resourceOf(key, { webUrl: 'https://github.com', serviceName: 'ci-{repository}' }),
} as const;

interface Point {
  readonly attributes: readonly Attribute[];
  readonly [field: string]: unknown;
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

interface Read {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly sum?: { readonly dataPoints: readonly Point[] };
        readonly histogram?: { readonly dataPoints: readonly Point[] };
      }[];
    }[];
  }[];
}

/** Every point of the requests, with its resource and metric; and how many are in each request. */
async function pointsOf(families: readonly OtlpFamily[]) {
  const points: { resource: Record<string, string>; name: string; point: Point }[] = [];
  const sizes: number[] = [];
  for await (const body of snapshotRequests(families, OPTIONS)) {
    const before = points.length;
    const { resourceMetrics } = readOtlp('metrics', body) as Read;
    for (const { resource, scopeMetrics } of resourceMetrics)
      for (const { name, sum, histogram } of scopeMetrics.flatMap(({ metrics }) => metrics))
        for (const point of (sum ?? histogram)?.dataPoints ?? [])
          points.push({ resource: textsOf(resource.attributes), name, point });
    sizes.push(points.length - before);
  }
  return { points, sizes };
}

function textsOf(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
}

function seriesOf(...values: readonly string[]): OtlpSeries {
  return { values, cells: [values.length], createdAtMs: AT_MS - 1000 };
}

function otel(name: string): Metric {
  return [...OTEL.counted, ...OTEL.gauges].find((each) => each.name === name) ?? assert.fail(name);
}

test('every series is sent once, as the point of its own resource, in requests of bounded size', async () => {
  const metrics = [otel('cicd_pipeline_run_errors_total'), DOMAIN.jobQueue];
  const repositories = fc.constantFrom('a/a', 'a/b', 'b/a');
  const sizes = fc.tuple(fc.nat(1800), fc.nat(1800), fc.array(repositories, { minLength: 1 }));
  await fc.assert(
    fc.asyncProperty(sizes, async ([errors, queues, names]) => {
      const nameAt = (index: number) => names[index % names.length] ?? '';
      const errorsOf = Array.from({ length: errors }, (_, index) =>
        seriesOf(`w${index}`, ...nameAt(index).split('/'), 'failure'),
      );
      const queuesOf = Array.from({ length: queues }, (_, index) => ({
        ...seriesOf(nameAt(index), `w${index}`, 'linux'),
        cells: [...(DOMAIN.jobQueue.buckets?.keys() ?? []), 0, index],
      }));
      const families = [errorsOf, queuesOf].flatMap((series, index) => {
        const metric = metrics[index];
        return metric === undefined ? [] : [{ metric, series }];
      });
      const found = await pointsOf(families);
      assert.ok(
        found.sizes.every((size) => size > 0 && size < 1000),
        `sizes ${found.sizes}`,
      );
      const shown = found.points.map(({ resource, name, point }) =>
        [
          resource['service.instance.id'],
          name,
          textsOf(point.attributes)['cicd.pipeline.name'],
          point['sum'],
        ].join(),
      );
      const expected = [
        ...errorsOf.map((_, index) => [nameAt(index), 'cicd.pipeline.run.errors', `w${index}`, ''].join()),
        ...queuesOf.map((_, index) =>
          [nameAt(index), 'ant_watcher.job.queue.duration', `w${index}`, index / 1000].join(),
        ),
      ];
      assert.deepEqual(shown.sort(), expected.sort());
    }),
    { numRuns: 30 },
  );
});

const API = {
  'service.name': 'ci-api',
  'service.namespace': 'acme',
  'service.instance.id': 'acme/api',
  'vcs.provider.name': 'github',
  'vcs.owner.name': 'acme',
  'vcs.repository.name': 'api',
  'vcs.repository.url.full': 'https://github.com/acme/api',
};
const SELF = { 'service.name': 'ant-watcher', 'vcs.provider.name': 'github' };
const ofOwner = (name: string) => ({ ...SELF, 'service.instance.id': name, 'vcs.owner.name': name });

test('names, attributes and resources are those of the conventions', async () => {
  const cells = [...(DOMAIN.jobDuration.buckets?.map(() => 1) ?? []), 2, 12_500];
  const { points } = await pointsOf([
    {
      metric: otel('cicd_pipeline_run_active'),
      series: [{ ...seriesOf('CI', 'acme', 'api', 'executing'), createdAtMs: null }],
    },
    {
      metric: otel('cicd_worker_count'),
      series: [seriesOf('acme', 'Default', 'busy'), seriesOf('enterprises/big', '', 'busy')],
    },
    {
      metric: otel('cicd_system_errors_total'),
      series: [seriesOf('__other__', '__other__', '__other__', '__other__', '__other__')],
    },
    {
      metric: DOMAIN.jobDuration,
      series: [
        // With a label by repository.
        { values: ['acme/api', 'CI', 'test', 'cancelled', 'team="core"'], cells, createdAtMs: null },
        { values: ['', 'CI', 'test', 'success'], cells, createdAtMs: null },
      ],
    },
  ]);
  assert.deepEqual(
    points.map(({ resource, name, point }) => [name, resource, textsOf(point.attributes)]),
    [
      [
        'cicd.pipeline.run.active',
        API,
        { 'cicd.pipeline.name': 'CI', 'cicd.pipeline.run.state': 'executing' },
      ],
      [
        'ant_watcher.job.duration',
        API,
        {
          'cicd.pipeline.name': 'CI',
          'github.job.group': 'test',
          'cicd.pipeline.task.run.result': 'cancellation',
          team: 'core',
        },
      ],
      [
        'cicd.worker.count',
        ofOwner('acme'),
        { 'cicd.worker.state': 'busy', 'github.runner.group': 'Default' },
      ],
      ['cicd.worker.count', ofOwner('enterprises/big'), { 'cicd.worker.state': 'busy' }],
      [
        'cicd.system.errors',
        ofOwner('__other__'),
        {
          'cicd.pipeline.name': '__other__',
          'cicd.system.component': '__other__',
          'error.type': '__other__',
        },
      ],
      [
        'ant_watcher.job.duration',
        SELF,
        {
          'cicd.pipeline.name': 'CI',
          'github.job.group': 'test',
          'cicd.pipeline.task.run.result': 'success',
        },
      ],
    ],
  );
});

test('a series starts when it was created, but not after now; a gauge has no start', async () => {
  const metric = otel('cicd_pipeline_run_errors_total');
  const created = [AT_MS - 1000, AT_MS + 5, null];
  const { points } = await pointsOf([
    {
      metric,
      series: created.map((createdAtMs) => ({ ...seriesOf('CI', 'acme', 'api', 'failure'), createdAtMs })),
    },
  ]);
  assert.deepEqual(
    points.map(({ point }) => point['startTimeUnixNano']),
    [`${AT_MS - 1000}000000`, `${AT_MS}000000`, undefined],
  );
});

test('other work runs while a large registry is written', async () => {
  const series = Array.from({ length: 100_000 }, (_, index) =>
    seriesOf(`a/${index % 100}`, `w${index}`, 'linux'),
  );
  let turns = 0;
  let isWriting = true;
  const count = () => {
    turns += 1;
    if (isWriting) setImmediate(count);
  };
  setImmediate(count);
  for await (const body of snapshotRequests([{ metric: DOMAIN.jobQueue, series }], OPTIONS)) {
    assert.ok(body.length < 1_000_000);
  }
  isWriting = false;
  assert.ok(turns > 50, `${turns} turns`);
});
