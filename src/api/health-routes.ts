import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import type { EngineHealth } from '../domain/engine-health.ts';
import { errorResponse } from '../http/json-response.ts';
import { type HealthFacts, type Readiness, summariseHealth } from './health-summary.ts';
import { type Answer, jsonAnswer } from './routing/answer.ts';
import type { ApiRequest, Routes } from './routing/route-table.ts';

export interface HealthOptions {
  readonly version: string;
  readonly engine: Pick<Engine, 'health'>;
  readonly clock: Clock;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
  /** What is wrong with the machine's clock; null: nothing. */
  readonly clockProblem?: () => string | null;
  /** When it was last set; null: not since the start. */
  readonly clockSteppedAtMs?: () => number | null;
  readonly logger: Logger;
  /** Whether a delivery can be accepted now. */
  readonly ready: () => Promise<Readiness>;
  readonly lastAcceptedAtMs?: () => number | null;
  /** A sentence for each credential that GitHub currently refuses, and each thing it does not let us read. */
  readonly refusals?: () => readonly string[];
  /** A sentence for each thing beside runs and jobs that it does not let us read. */
  readonly leftOut?: () => readonly string[];
  /** Where events come from. Default: webhooks. */
  readonly intake?: 'webhooks' | 'polling';
}

export type HealthParts = HealthOptions & {
  /** When the service started, by `steady`. */
  readonly startedAtMs: number;
};

/** Longer than any healthy service takes, and short enough for a probe. */
const TIMEOUT_MS = 2000;
const OK = jsonAnswer({ status: 'ok' });
const NOT_READY: Readiness = { ok: false, reason: 'No answer in time.' };

/** Adds the health routes. They are open to everybody, because probes have no token. */
export function addHealthRoutes(
  routes: Routes,
  options: HealthParts,
  isTrusted: (request: ApiRequest) => boolean,
): void {
  async function readyz(): Promise<Answer> {
    const { ok, reason } = await readinessIn(options);
    if (ok) return OK;
    return errorResponse('not_ready', reason === undefined ? {} : { message: reason });
  }

  async function health(request: ApiRequest): Promise<Answer> {
    const engine = await within(healthOf(options), null);
    const summary = summariseHealth(await factsOf(options, engine, isTrusted(request)));
    return jsonAnswer(summary, summary.status === 'failing' ? 503 : 200);
  }

  for (const path of ['/livez', '/-/healthy']) routes.get(path, () => OK);
  for (const path of ['/readyz', '/-/ready']) routes.get(path, readyz);
  routes.get('/health', health);
}

/** What `/health` and `/api/v1/status` are made of, once the engine has answered, or not (null). */
export async function factsOf<E extends EngineHealth>(
  options: HealthParts,
  engine: E | null,
  isTrusted: boolean,
): Promise<HealthFacts & { readonly engine: E | null }> {
  const { version, startedAtMs, clock, steady } = options;
  return {
    version,
    nowMs: clock(),
    uptimeMs: steady() - startedAtMs,
    readiness: await readinessIn(options),
    intake: options.intake ?? 'webhooks',
    lastAcceptedAtMs: options.lastAcceptedAtMs?.() ?? null,
    engine,
    refusals: options.refusals?.() ?? [],
    leftOut: options.leftOut?.() ?? [],
    clockProblem: options.clockProblem?.() ?? null,
    clockSteppedAtMs: options.clockSteppedAtMs?.() ?? null,
    isTrusted,
  };
}

function readinessIn({ ready }: HealthOptions): Promise<Readiness> {
  return within(ready(), NOT_READY);
}

async function healthOf({ engine, logger }: HealthOptions): Promise<EngineHealth | null> {
  try {
    return await engine.health();
  } catch (error) {
    logger.debug('Engine health unavailable', { err: error });
    return null;
  }
}

/** The result of `promise`, or `late` if that takes too long. */
export async function within<T>(promise: Promise<T>, late: T): Promise<T> {
  const { promise: timeout, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(resolve, TIMEOUT_MS, late);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
