import type { Changes } from './contracts.ts';

/** A commit that changes nothing, to be told what it does change. */
export const NO_CHANGES: Changes = {
  jobs: [],
  runs: [],
  increments: [],
  samples: [],
  numbers: [],
  groups: [],
  observations: [],
  processed: [],
  failed: [],
};
