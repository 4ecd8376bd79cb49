import type { EngineReport } from '../domain/engine-health.ts';
import type { FirstRead } from '../domain/first-read.ts';
import { isoTime } from '../domain/iso-time.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { Freshness, ServiceStatus } from '../domain/openapi-types.ts';
import type { SinkHealth } from '../domain/outbox.ts';
import { SELF } from '../domain/own-metrics.ts';
import { type HealthFacts, summariseHealth } from './health-summary.ts';
import { knownUntilMs, RECOVERY_LATE_MS } from './live/freshness.ts';

export interface StatusFacts {
  /** As for `/health`. */
  readonly health: HealthFacts & { readonly engine: EngineReport | null };
  readonly freshness: Freshness;
  /** What the parts that ask GitHub say of themselves; empty: it is not asked. */
  readonly githubReadings: readonly GaugeReading[];
  readonly firstRead: FirstRead | null;
  readonly memory: { readonly residentBytes: number; readonly limitBytes: number };
  readonly webhook: ServiceStatus['webhook'];
  readonly storageKind: ServiceStatus['storage']['kind'];
}

type Check = ServiceStatus['checks'][number];

/** What each check demands, in the order in which they are shown. */
const DEMANDS: Readonly<Record<Check['name'], string>> = {
  ready: 'A delivery can be accepted and stored durably now.',
  engine: 'The engine answers within 2 seconds.',
  queue: 'No accepted delivery waits for more than 60 seconds to be processed.',
  parked: 'No delivery had to be set aside because it could not be processed.',
  recovery: 'Everything up to an hour ago is known from GitHub itself.',
  github:
    'GitHub refuses no credential, lets us read all runs and jobs, delivers its webhooks, and says what time it is.',
  push: 'No receiver refuses samples or spans, and none has left them waiting for more than 15 minutes.',
  database: 'No program reads the database for so long that its log grows.',
  clock: "The machine's clock agrees with GitHub's.",
};

/** The answer of `/api/v1/status`. Contains no secret. */
export function statusOf(facts: StatusFacts): ServiceStatus {
  const { health, freshness, firstRead, memory, githubReadings } = facts;
  const { engine, nowMs, isTrusted } = health;
  const summary = summariseHealth(health);
  return {
    as_of: isoTime(engine?.lastProcessedAtMs ?? nowMs),
    now: isoTime(nowMs),
    window: null,
    definitions: 'v1',
    version: health.version,
    started_at: isoTime(nowMs - health.uptimeMs),
    status: summary.status,
    intake: health.intake,
    webhook: facts.webhook,
    checks: checksOf(summary.checks, facts),
    freshness,
    deliveries: engine && deliveriesOf(engine),
    queue: summary.queue,
    recovery: recoveryOf(facts),
    first_read: firstRead && {
      from: isoTime(firstRead.fromMs),
      read_until: isoTime(firstRead.readUntilMs),
      runs_read: firstRead.runsRead,
      share: firstRead.share,
    },
    receivers: (engine?.sinks ?? []).map((sink) => receiverOf(sink, nowMs, isTrusted)),
    github: limitsIn(githubReadings),
    memory: { resident_bytes: memory.residentBytes, limit_bytes: memory.limitBytes },
    storage: {
      kind: facts.storageKind,
      bytes: engine?.storedBytes ?? null,
      retention_seconds: secondsOf(engine?.retentionMs ?? null),
      history_from: isoTime(engine?.beginsAtMs ?? null),
    },
    series: engine && { count: engine.series, limit: engine.maxSeries, dropped: engine.droppedIncrements },
  };
}

function checksOf(
  checks: ReturnType<typeof summariseHealth>['checks'],
  { githubReadings, health: { nowMs } }: StatusFacts,
): Check[] {
  const untilMs = knownUntilMs(githubReadings);
  const recovery = { ok: untilMs === null || nowMs - untilMs <= RECOVERY_LATE_MS };
  const all = { ...checks, ...(untilMs === null ? {} : { recovery }) };
  return Object.entries(DEMANDS).flatMap(([name, demand]): Check[] => {
    const check: { readonly ok: boolean; readonly reason?: string } | undefined =
      all[name as keyof typeof all];
    return check === undefined
      ? []
      : [{ name: name as Check['name'], ok: check.ok, demand, reason: check.reason ?? null }];
  });
}

function deliveriesOf({ deliveries: { lagP95Ms, ...counts } }: EngineReport): ServiceStatus['deliveries'] {
  return { ...counts, lag_p95: secondsOf(lagP95Ms) };
}

function recoveryOf({ health, githubReadings }: StatusFacts): ServiceStatus['recovery'] {
  const { engine, refusals, isTrusted } = health;
  if (githubReadings.length === 0) return null;
  return {
    complete_until: isoTime(knownUntilMs(githubReadings)),
    recovered: engine?.recovered ?? 0,
    problems: isTrusted ? refusals : [],
  };
}

function receiverOf(
  { sink, unit, waiting, oldestMs, lastSentAtMs, lastProblem }: SinkHealth,
  nowMs: number,
  isTrusted: boolean,
): ServiceStatus['receivers'][number] {
  const isCurrent = lastProblem !== null && (lastSentAtMs ?? 0) <= lastProblem.atMs;
  return {
    name: sink,
    waiting_samples: unit === 'samples' ? waiting : null,
    waiting_spans: unit === 'spans' ? waiting : null,
    oldest_age_seconds: oldestMs === null ? null : Math.max(0, nowMs - oldestMs) / 1000,
    last_sent_at: isoTime(lastSentAtMs),
    problem: isCurrent ? (isTrusted ? lastProblem.reason : lastProblem.kind) : null,
  };
}

function limitsIn(readings: readonly GaugeReading[]): ServiceStatus['github'] {
  const remaining = readings.filter(({ metric }) => metric === SELF.githubRemaining.name);
  return remaining.map(({ labels, value }) => {
    const [credential = '', resource = ''] = labels;
    const other = ({ name }: { readonly name: string }) =>
      readings.find(({ metric, labels: own }) => metric === name && own.join() === labels.join())?.value ??
      null;
    const resetS = other(SELF.githubReset);
    return {
      credential,
      resource,
      remaining: value,
      limit: other(SELF.githubLimit),
      resets_at: isoTime(resetS === null ? null : resetS * 1000),
    };
  });
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
