import { Agents } from '../../outbound/agents.ts';
import { exchange } from '../../outbound/exchange.ts';
import type { Network } from '../../outbound/network.ts';
import type { PushProtocol } from '../../push/protocols.ts';
import { flagsOf, metricsUrlOf, processOf } from '../../push/samples/receiver-process.ts';
import { type Checked, type Finding, findingsAbout } from './finding.ts';

export interface RestartCheckOptions {
  /** The complete URL to which samples are sent. */
  readonly url: URL;
  readonly protocol: PushProtocol;
  readonly headers: Readonly<Record<string, string>>;
  readonly network: Network;
  readonly timeoutMs: number;
  /** `push.resend_window`; null: never. */
  readonly resendWindowMs: number | null;
}

const MAX_METRICS_BYTES = 8 * 1024 * 1024;
const SET_INTERVAL = 'start VictoriaMetrics with -dedup.minScrapeInterval=1ms';
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Whether samples that a receiver loses in a crash are sent again. */
export async function checkRestarts(about: Checked, options: RestartCheckOptions): Promise<Finding> {
  const { ok, warning } = findingsAbout(about);
  const { url, protocol, headers, network, timeoutMs, resendWindowMs } = options;
  if (resendWindowMs === null) return ok('what it loses in a crash is not sent again (push.resend_window)');
  using agents = new Agents(network, { timeoutMs });
  const request = { method: 'GET', headers, agents, timeoutMs, maxBytes: MAX_METRICS_BYTES } as const;
  const answer = await exchange(metricsUrlOf(url), request);
  const found = processOf(answer, url, protocol);
  if (found.kind !== 'answers' || !(found.isDatabase || found.isIdempotent))
    return ok('what it loses in a crash is not sent again: it does not show whether it deduplicates');
  if (!found.isIdempotent)
    return warning(
      'what it loses in a crash cannot be sent again: it would store the rest twice',
      SET_INTERVAL,
    );
  const { interval, flush } = flagsOf('body' in answer ? answer.body.toString() : '');
  if (interval !== null && durationMs(interval) > 1)
    return warning(`it keeps one event of each series per ${interval}, and loses the others`, SET_INTERVAL);
  if (flush !== null && durationMs(flush) >= resendWindowMs) {
    const what = `it may lose what it accepted within -inmemoryDataFlushInterval=${flush} before a crash`;
    return warning(what, 'set push.resend_window to more than that');
  }
  const how =
    found.startedAt === null ? 'once it refuses connections and comes back' : 'once it has restarted';
  return ok(`what it may lose in a crash is sent again, ${how}`);
}

/** Of Go's notation, such as `1m0s`. */
function durationMs(text: string): number {
  return Array.from(text.matchAll(/([\d.]+)(ms|h|m|s)/g)).reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0),
    0,
  );
}
