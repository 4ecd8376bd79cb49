import { AntError } from '../src/domain/errors.ts';
import type { Sending } from './command-line.ts';
import { pauseUntil } from './pause.ts';
import { showProgress } from './progress.ts';
import { createSender, refusals, type SendCounts } from './sender.ts';
import type { SignedRequest } from './signed-request.ts';

/** After so many failures from the start, the target counts as unreachable. */
const UNREACHABLE_AFTER = 20;

/** How sending is shown and stopped. */
export interface SendAllOptions {
  readonly stderr: NodeJS.WritableStream;
  /** Aborted: send the rest without waiting for its time. */
  readonly signal: AbortSignal;
  /** The progress of the source, for people. */
  readonly position: () => string;
}

/** What was sent, and in which time. */
export interface Sent extends SendCounts {
  readonly tookMs: number;
}

/**
 * Sends all envelopes in order, as fast as `sending` allows, with progress and a summary on `stderr`.
 * Rejects with an AntError when the address is unreachable.
 */
export async function sendAll(
  envelopes: Iterable<SignedRequest> | AsyncIterable<SignedRequest>,
  sending: Sending,
  { stderr, signal, position }: SendAllOptions,
): Promise<Sent> {
  await using sender = createSender(sending.url, sending.concurrency);
  const { counts } = sender;
  const beginMs = Date.now();
  const describe = () =>
    `${position()} · ${describeRate(counts.sent, Date.now() - beginMs)}, ${refusals(counts)} refused`;
  using progress = showProgress(stderr, describe);
  for await (const envelope of envelopes) {
    if (sending.rate !== undefined) await pauseUntil(beginMs + (counts.sent * 1000) / sending.rate, signal);
    await sender.send(envelope);
    if (counts.byStatus.size === 0 && refusals(counts) >= UNREACHABLE_AFTER)
      throw unreachable(sending.url, counts);
  }
  await sender.settle();
  progress.finish();
  const sent = { ...counts, sent: counts.sent, tookMs: Date.now() - beginMs };
  stderr.write(summarize(sent));
  return sent;
}

function describeRate(sent: number, ms: number): string {
  return `${number(sent)} sent, ${number(Math.round((sent * 1000) / Math.max(ms, 1)))}/s`;
}

function summarize(sent: Sent): string {
  const byStatus = [...sent.byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${number(count)}`);
  const unanswered = [...sent.unanswered].map(([code, count]) => `${code}: ${number(count)}`);
  const lines = [
    `Sent      ${number(sent.sent)} deliveries in ${(sent.tookMs / 1000).toFixed(1)} s`,
    `Answers   ${[...byStatus, ...unanswered].join(', ') || 'none'}`,
    `Refused   ${number(refusals(sent))}`,
    `Latency   p50 ${milliseconds(sent, 0.5)}, p99 ${milliseconds(sent, 0.99)}`,
  ];
  if (sent.byStatus.has(401))
    lines.push('Hint      401 means that the service has a different webhook secret.');
  return `${lines.join('\n')}\n`;
}

function milliseconds(sent: Sent, quantile: number): string {
  return `${sent.latencies.quantile(quantile)?.toFixed(1) ?? '–'} ms`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function unreachable(url: URL, counts: SendCounts): AntError {
  const codes = [...counts.unanswered.keys()].join(', ');
  return new AntError('command_failed', `No answer from ${url.href} (${codes})`, {
    hint: 'start the service first (ant-watcher serve), or give its webhook address with --url',
  });
}
