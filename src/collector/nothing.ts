import type { Changes } from '../domain/contracts.ts';

/** A commit that changes nothing, to be told what it does change. */
export const NOTHING: Changes = {
  jobs: [],
  runs: [],
  increments: [],
  samples: [],
  numbers: [],
  observations: [],
  processed: [],
  failed: [],
};
