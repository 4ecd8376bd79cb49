import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { AntError } from '../src/domain/errors.ts';
import { wrong } from './command-line.ts';
import { MAX_DELAY_MS } from './deliveries.ts';
import type { AppIdentity } from './rest/caller.ts';
import { openSimulatedGitHub, type SimulatedGitHub } from './rest/simulated-github.ts';
import type { SimulateOptions } from './simulate-options.ts';
import type { Stage } from './stage.ts';

/** The GitHub App that the deliveries name as their target. */
export const APP_ID = 1_042_731;

/**
 * Opens the API of the world on the stage, if requested: for a past world at its end, for a live one
 * as it goes on. Rejects with an AntError when it can't.
 */
export async function serveApi(
  { api, sending, secret, form }: SimulateOptions,
  stage: Stage,
  stderr: NodeJS.WritableStream,
): Promise<SimulatedGitHub | undefined> {
  if (api === null) return undefined;
  const github = await openSimulatedGitHub({
    world: stage.world,
    clock: worldClockOf(stage),
    hereClock: Date.now,
    port: api.port,
    personalTokens: [api.token],
    app: readApp(api.appKey),
    hooks: api.hooks,
    limits: api.limits,
    tokenLifeMs: api.tokenLifeMs,
    webhook: sending === null ? undefined : { url: sending.url, secret, form },
  }).catch((err: Error) => {
    if (err instanceof AntError) throw err;
    throw new AntError('command_failed', `The API cannot be served: ${err.message}`, { cause: err });
  });
  github.faults.shares = api.faults;
  github.lies.shares = api.lies;
  stderr.write(`The API is at ${github.url}\n`);
  return github;
}

/** Resolves when the command is interrupted. */
export async function stopped(signal: AbortSignal, stderr: NodeJS.WritableStream): Promise<void> {
  if (signal.aborted) return;
  stderr.write('The API runs until interrupted.\n');
  await once(signal, 'abort');
}

/** A past world has no current time: after its end it goes on at the speed of real time. */
function worldClockOf({ clock, endMs }: Stage): () => number {
  const openedMs = Date.now();
  return () => {
    const hereMs = Date.now();
    return clock === null ? endMs + MAX_DELAY_MS + hereMs - openedMs : clock.worldMs(hereMs);
  };
}

function readApp(path: string | undefined): AppIdentity | undefined {
  if (path === undefined) return undefined;
  try {
    const publicKey = createPublicKey(readFileSync(path)).export({ type: 'spki', format: 'pem' }).toString();
    return { id: APP_ID, clientId: 'Iv23liSimulated', publicKey };
  } catch (err) {
    throw wrong('simulate', `--api-app-key cannot be read: ${(err as Error).message}`);
  }
}
