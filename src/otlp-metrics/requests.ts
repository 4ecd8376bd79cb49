import type { Attributes } from '../otlp/attributes.ts';
import { encodeMetrics, type MetricPoints, type ResourceMetrics } from '../otlp/metric-data.ts';
import type { OtlpEncoding } from '../otlp/trace-data.ts';
import { Slices } from '../timing/slices.ts';
import { SCHEMA_URL } from '../traces/semconv.ts';
import type { OtlpFamily, OtlpSeries } from './families.ts';
import { otlpMetric } from './names.ts';
import { type SeriesReader, seriesReader } from './points.ts';

const SCOPE_NAME = 'ant-watcher';

/** A histogram has some 400 bytes: a request has a quarter of a megabyte, made in a few milliseconds. */
const MAX_POINTS = 500;
/** After so long, other work runs before the next series, or the next request. */
const SLICE_MS = 4;
/** So many series take less than a slice by far. */
const LOOK_EVERY = 256;

export interface SnapshotRequestsOptions {
  readonly atMs: number;
  readonly encoding: OtlpEncoding;
  /** The attributes of a resource by its key (`resourceKey`). */
  readonly resourceOf: (key: string) => Attributes;
}

/** Series of one metric and one resource. */
interface Piece {
  readonly key: string;
  readonly family: ReadFamily;
  readonly series: readonly OtlpSeries[];
}

type ReadFamily = OtlpFamily & SeriesReader;

/**
 * The bodies of the requests that say the value of every series as of now, resource by resource. Other work runs
 * between two of them, and while it runs values go on: each is read when its request is made.
 */
export async function* snapshotRequests(
  families: readonly OtlpFamily[],
  options: SnapshotRequestsOptions,
): AsyncGenerator<Uint8Array> {
  const slices = new Slices(SLICE_MS);
  let pieces: Piece[] = [];
  let count = 0;
  for (const piece of piecesOf(await byResource(families, slices))) {
    pieces.push(piece);
    count += piece.series.length;
    if (count < MAX_POINTS) continue;
    yield requestOf(pieces, options);
    if (slices.isOver) await slices.pause();
    pieces = [];
    count = 0;
  }
  if (count > 0) yield requestOf(pieces, options);
}

type SeriesByFamily = Map<ReadFamily, OtlpSeries[]>;

async function byResource(
  families: readonly OtlpFamily[],
  slices: Slices,
): Promise<Map<string, SeriesByFamily>> {
  const resources = new Map<string, SeriesByFamily>();
  for (const plain of families) {
    const family = { ...plain, ...seriesReader(plain.metric) };
    for (const [index, series] of family.series.entries()) {
      const key = family.resourceKey(series);
      const ofResource = resources.get(key) ?? new Map<ReadFamily, OtlpSeries[]>();
      resources.set(key, ofResource);
      const list = ofResource.get(family);
      if (list === undefined) ofResource.set(family, [series]);
      else list.push(series);
      if (index % LOOK_EVERY === 0 && slices.isOver) await slices.pause();
    }
  }
  return resources;
}

function* piecesOf(resources: Map<string, SeriesByFamily>): Generator<Piece> {
  for (const [key, families] of resources)
    for (const [family, series] of families)
      for (let at = 0; at < series.length; at += MAX_POINTS)
        yield { key, family, series: series.slice(at, at + MAX_POINTS) };
}

function requestOf(pieces: readonly Piece[], options: SnapshotRequestsOptions): Uint8Array {
  const { encoding, resourceOf, atMs } = options;
  const data = Array.from(
    Map.groupBy(pieces, ({ key }) => key),
    ([key, ofResource]): ResourceMetrics => ({
      resource: resourceOf(key),
      schemaUrl: SCHEMA_URL,
      scopeName: SCOPE_NAME,
      metrics: ofResource.map((piece) => pointsOf(piece, atMs)),
    }),
  );
  return encodeMetrics(data, encoding);
}

function pointsOf({ family: { metric, pointOf }, series }: Piece, atMs: number): MetricPoints {
  return { metric: otlpMetric(metric), points: series.map((each) => pointOf(each, atMs)) };
}
