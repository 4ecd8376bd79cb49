import type { Engine } from '../../domain/contracts.ts';
import type { EngineReport } from '../../domain/engine-health.ts';
import { AntError } from '../../domain/errors.ts';
import type { FirstRead } from '../../domain/first-read.ts';
import type { GaugeReading } from '../../domain/metric.ts';
import type { Access } from '../access.ts';
import { factsOf, type HealthParts, within } from '../health-routes.ts';
import type { NowAnswers } from '../live/now-answers.ts';
import type { ApiRequest, Routes } from '../routing/route-table.ts';
import { type StatusFacts, statusOf } from '../status.ts';
import { addReadRoute } from './read-route.ts';

export interface StatusRouteOptions {
  readonly githubReadings?: () => readonly GaugeReading[];
  /** Null: it is over, or there is none. */
  readonly firstRead?: () => FirstRead | null;
  /** Where deliveries arrive; null: GitHub is polled. */
  readonly webhookPlace?: () => StatusFacts['webhook'];
  readonly memoryLimitBytes: number;
  readonly storageKind: StatusFacts['storageKind'];
}

export type StatusParts = StatusRouteOptions &
  HealthParts & {
    readonly engine: Pick<Engine, 'report'>;
    readonly answers: Pick<NowAnswers, 'freshness'>;
    readonly access: Pick<Access, 'isTrusted'>;
  };

/** Adds the route that answers whether the numbers can be trusted now. */
export function addStatusRoute(routes: Routes, options: StatusParts): void {
  const { clock, answers, access, githubReadings, firstRead, webhookPlace } = options;
  const { memoryLimitBytes, storageKind } = options;
  const ask = async (_values: unknown, _nowMs: number, request: ApiRequest) => {
    const engine = await within(reportOf(options), null);
    return statusOf({
      health: await factsOf(options, engine, access.isTrusted(request)),
      freshness: await answers.freshness(),
      githubReadings: githubReadings?.() ?? [],
      firstRead: firstRead?.() ?? null,
      webhook: webhookPlace?.() ?? null,
      memory: { residentBytes: process.memoryUsage.rss(), limitBytes: memoryLimitBytes },
      storageKind,
    });
  };
  addReadRoute(routes, clock, 'status', { ask });
}

/** Null if the store or the engine fails: that is what is asked about. */
async function reportOf({ engine, logger }: StatusParts): Promise<EngineReport | null> {
  try {
    return await engine.report();
  } catch (err) {
    if (!(err instanceof AntError)) throw err;
    logger.debug('Engine report unavailable', { err });
    return null;
  }
}
