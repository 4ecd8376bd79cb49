import type { Workflow } from '../model.ts';
import type { Random } from '../random.ts';
import type { Change } from './changes.ts';
import type { RunnerPools } from './runner-pools.ts';

/** Where runs are played. */
export interface Scene {
  readonly pools: RunnerPools;
  /** When the demo began. */
  readonly presentMs: number;
  /** Calls `act` when the time has come. */
  at(atMs: number, act: (atMs: number) => void): void;
}

/** Which run is played. */
export interface RunPlayOptions {
  readonly index: number;
  readonly firstId: number;
  readonly number: number;
  readonly change: Change;
  readonly workflow: Workflow;
  readonly random: Random;
}
