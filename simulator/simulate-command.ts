import { once } from 'node:events';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { AntError } from '../src/domain/errors.ts';
import { apiHelp } from './api-options.ts';
import { type CommandIo, SENDING_HELP } from './command-line.ts';
import { confirmTarget } from './confirm-target.ts';
import { MAX_DELAY_MS, type SimulatedDelivery } from './deliveries.ts';
import { type DisturbanceCounts, disturb } from './disturbance.ts';
import { startOwnService, whereToLook } from './own-service.ts';
import { pauseUntil, stopSignal } from './pause.ts';
import { recordLine } from './recording.ts';
import type { DeliveryLog } from './rest/delivery-log.ts';
import { sendAll } from './send-all.ts';
import { refusals } from './sender.ts';
import { APP_ID, serveApi, stopped } from './serve-api.ts';
import { type SignedRequest, signRequest } from './signed-request.ts';
import { readSimulateOptions, type SimulateOptions } from './simulate-options.ts';
import { describePosition, type Stage, setStage, untilStopped } from './stage.ts';
import { truthOf } from './truth.ts';
import { truthSamplesOf } from './truth-samples.ts';

export const simulateHelp = `Usage: ant-watcher simulate [flags]

Sends the webhooks of a simulated GitHub organization: correctly signed, with the sizes, times and quirks of real
ones. The same seed and end give the same deliveries, byte for byte. They go to a service started just for them, on
this machine, with a temporary database; the command prints where to look and runs until interrupted. It reads no
settings, and no other service gets anything.

To another service:
  --url URL          the webhook address of a running service. It counts simulated deliveries permanently, with real ones

The past, as fast as possible (the default):
  --runs N           workflow runs (default 200)
  --span DURATION    how long before the end the first one begins (default 12h, at least 3h)
  --end TIME         when the world ends, such as 2026-11-20T12:00:00Z (default now)
  --in-flight SHARE  share of runs that are not completed at the end (default 0.05)

Live, each delivery at its time:
  --speed X          seconds in the world per real second (1 = real time). The world begins in the past, so that its
                     times are never in the future; once it catches up with the present it continues in real time
  --duration TIME    how long to send (default: until interrupted)
  --runs-per-hour N  workflow runs per hour of the world (default 240)

Both:
  --seed TEXT        another seed gives another world (default 1)
  --repositories N   repositories in it (default 6)
  --duplicates SHARE share of deliveries that arrive twice (default 0)
  --reorder SHARE    share of deliveries that arrive late (default 0)
  --reorder-window DURATION  the longest delay of late deliveries and duplicates, in world time (default 2m)
  --loss SHARE       share of deliveries that never arrive; GitHub's delivery log shows them as failed (default 0)
  --silent-loss SHARE  share of deliveries that never arrive and are not in the log either (default 0)
  --deployments      also send the events of deployments: deployment, deployment_status, deployment_review, …
  --form             send form-encoded bodies instead of JSON
  --record FILE      also write what is sent to FILE, for ant-watcher replay
  --no-send          send nothing (with --record, --truth, --truth-samples or --serve-api)
  --truth FILE       write the domain metrics that the complete world must give; - is standard output
  --truth-samples FILE  write the samples with GitHub's own times that the complete world must give, one per line,
                     sorted: NAME{LABELS} SECONDS MILLISECONDS. For a job that a re-run carried over, any report may
                     be the one that counts; the other possible times follow as # or MILLISECONDS …
${SENDING_HELP}
${apiHelp(APP_ID)}

Exits with 1 when a delivery was not answered 2xx. Examples:
  ant-watcher simulate --runs 1000 --duplicates 0.05 --reorder 0.2 --truth -
  ant-watcher simulate --speed 60 --duration 2m
  ant-watcher simulate --runs 20 --no-send --record deliveries.jsonl
  ant-watcher simulate --url http://127.0.0.1:8080/webhook --speed 60 --loss 0.2 --serve-api 8090
  ant-watcher simulate --url http://127.0.0.1:8080/webhook --loss 0.2 --serve-api 8090 --api-faults error=0.1,slow=0.1 --api-limit 200/1m
`;

/**
 * `ant-watcher simulate`: returns the exit code. Data goes to `stdout`, progress and summary to `stderr`.
 * Rejects with an AntError for an invalid command line and when the target is unreachable.
 */
export async function runSimulate(args: readonly string[], io: CommandIo): Promise<number> {
  const options = readSimulateOptions(args, io.env);
  if (options === null) {
    io.stdout.write(simulateHelp);
    return 0;
  }
  const { isOwn, isSure, sending } = options;
  if (sending !== null && !isOwn) await confirmTarget('simulate', { url: sending.url, isSure }, io);
  using stop = stopSignal(io.signal);
  const playing = { stdout: io.stdout, stderr: io.stderr, env: io.env, signal: stop.signal };
  return await (isOwn ? playToOwnService(options, playing) : play(options, playing));
}

type Playing = CommandIo & { readonly signal: AbortSignal };

/** Starts a service, sends to it, and keeps it until interrupted. */
async function playToOwnService(options: SimulateOptions, io: Playing): Promise<number> {
  await using service = await startOwnService({ env: io.env, signal: io.signal });
  const { webhook: url, secret, ended } = service;
  const sending = options.sending && { ...options.sending, url };
  const signal = AbortSignal.any([io.signal, ended]);
  const code = await play({ ...options, sending, secret }, { ...io, signal });
  if (!signal.aborted) {
    io.stderr.write(whereToLook(service));
    await once(signal, 'abort');
  }
  return ended.aborted ? 1 : code;
}

/** Plays the world once, with everything else that was requested. */
async function play(options: SimulateOptions, io: Playing): Promise<number> {
  // Files that can't be written are reported before the work, not after it.
  for (const path of [options.truth, options.truthSamples])
    if (path !== undefined && path !== '-') closeSync(openFile(path));
  const { signal } = io;
  const stage = setStage(options, Date.now());
  await using api = await serveApi(options, stage, io.stderr);
  const counts: DisturbanceCounts = { duplicated: 0, delayed: 0, lost: 0 };
  const position = { worldMs: stage.world.startMs };
  const deliveries = disturb(untilStopped(stage, signal), options.disturbance, counts, (lost) =>
    api?.log.recordLost(lost, dueMs(stage, lost.atMs)),
  );
  const performed = perform(deliveries, stage, options, signal, position, api?.log);
  const envelopes = record(performed, options.record);
  let refused = 0;
  if (options.sending === null) {
    for await (const _ of envelopes);
  } else {
    const describe = () => describePosition(stage, position.worldMs);
    const sent = await sendAll(envelopes, options.sending, {
      stderr: io.stderr,
      signal,
      position: describe,
    });
    refused = refusals(sent);
  }
  io.stderr.write(
    `Disturbed ${counts.duplicated} duplicated, ${counts.delayed} delayed, ${counts.lost} lost\n`,
  );
  writeTruth(stage, options, signal, io);
  if (api !== undefined) await stopped(signal, io.stderr);
  return refused === 0 ? 0 : 1;
}

/** When a delivery is sent in real time; those of a past world are sent at once, whatever their time. */
function dueMs({ clock }: Stage, atMs: number): number {
  return clock === null ? Date.now() : clock.dueMs(atMs);
}

/** Signs the deliveries, each at its time. */
async function* perform(
  deliveries: Iterable<SimulatedDelivery>,
  stage: Stage,
  { secret, form }: SimulateOptions,
  signal: AbortSignal,
  position: { worldMs: number },
  log: DeliveryLog | undefined,
): AsyncGenerator<SignedRequest> {
  for (const delivery of deliveries) {
    // What is delayed beyond the end of the world is sent right after it: there is no wait for stragglers.
    const atMs = Math.min(delivery.atMs, stage.endMs + MAX_DELAY_MS);
    if (stage.clock !== null) await pauseUntil(stage.clock.dueMs(atMs), signal);
    if (delivery.happenedMs > stage.endMs) continue;
    position.worldMs = delivery.atMs;
    const envelope = signRequest(
      { event: delivery.event, guid: delivery.guid, body: delivery.body() },
      secret,
      form,
    );
    yield log === undefined
      ? envelope
      : { ...envelope, answered: (outcome) => log.record(delivery, outcome, Date.now() - outcome.tookMs) };
  }
}

async function* record(
  envelopes: AsyncIterable<SignedRequest>,
  path: string | undefined,
): AsyncGenerator<SignedRequest> {
  if (path === undefined) {
    yield* envelopes;
    return;
  }
  const file = openFile(path);
  try {
    for await (const envelope of envelopes) {
      writeSync(file, recordLine(envelope));
      yield envelope;
    }
  } finally {
    closeSync(file);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (err) {
    throw new AntError('usage', `${path} cannot be written: ${(err as Error).message}`, { cause: err });
  }
}

function writeTruth(
  stage: Stage,
  { truth, truthSamples }: SimulateOptions,
  signal: AbortSignal,
  io: CommandIo,
): void {
  if (truth === undefined && truthSamples === undefined) return;
  if (stage.clock === null && signal.aborted) {
    io.stderr.write('Interrupted: there is no truth for a part of a past world.\n');
    return;
  }
  const world = { ...stage.world, endMs: stage.endMs };
  const write = (path: string, text: string) =>
    path === '-' ? io.stdout.write(text) : writeFileSync(path, text);
  if (truth !== undefined) write(truth, truthOf(world));
  if (truthSamples !== undefined) write(truthSamples, truthSamplesOf(world));
}
