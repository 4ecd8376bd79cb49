import { deliveriesOf, MAX_DELAY_MS, type SimulatedDelivery } from './deliveries.ts';
import type { SimulateOptions } from './simulate-options.ts';
import { ongoingWorld, pastWorld, type World } from './world.ts';
import { createWorldClock, type WorldClock } from './world-clock.ts';

/** How far before the present an endless live world begins when it runs faster than real time. */
const LEAD_MS = 3_600_000;

/** A world and the way it is played. */
export interface Stage {
  readonly world: World;
  /** Null: all at once. */
  readonly clock: WorldClock | null;
  /** When the world ends; an interruption brings it forward. */
  endMs: number;
}

export function setStage({ mode, seed, repositories, deployments }: SimulateOptions, nowMs: number): Stage {
  if (mode.kind === 'past') {
    const { runs, inFlight, spanMs, endMs = nowMs } = mode;
    const world = pastWorld({ seed, repositories, deployments, runs, inFlight, spanMs, endMs });
    return { world, clock: null, endMs: world.endMs };
  }
  const { speed, durationMs, runsPerHour } = mode;
  // With a duration the world catches up with the present exactly at its end.
  const leadMs = Number.isFinite(durationMs) ? durationMs * (speed - 1) : speed > 1 ? LEAD_MS : 0;
  const endMs = nowMs + durationMs;
  const world = ongoingWorld({
    seed,
    repositories,
    deployments,
    runsPerHour,
    startMs: nowMs - leadMs,
    endMs,
  });
  return { world, clock: createWorldClock(nowMs - leadMs, nowMs, speed), endMs };
}

/** What has happened by the end of the world; an interrupt ends a live world at once. */
export function* untilStopped(stage: Stage, signal: AbortSignal): Generator<SimulatedDelivery> {
  const end = () => {
    stage.endMs = Math.min(stage.endMs, stage.clock?.worldMs(Date.now()) ?? Number.NEGATIVE_INFINITY);
  };
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  for (const delivery of deliveriesOf(stage.world)) {
    if (delivery.atMs > stage.endMs + MAX_DELAY_MS) return;
    if (delivery.happenedMs <= stage.endMs) yield delivery;
  }
}

/** Its progress, for people. */
export function describePosition({ world, clock, endMs }: Stage, worldMs: number): string {
  const time = new Date(worldMs).toISOString().slice(0, 19);
  if (clock !== null && !Number.isFinite(endMs)) return `${time}Z`;
  const done = Math.min(1, (worldMs - world.startMs) / Math.max(1, endMs - world.startMs));
  return `${String(Math.round(100 * done)).padStart(3)} % ${time}Z`;
}
