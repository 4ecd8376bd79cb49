import type { Changes, Source, StateKeys } from './contracts.ts';

/** A transaction that changes nothing, to be told what it does change. */
export const NO_CHANGES: Changes = {
  jobs: [],
  runs: [],
  increments: [],
  samples: [],
  numbers: [],
  groups: [],
  observations: [],
  queued: [],
  failed: [],
};

/** Of a transaction that is about no delivery. */
export const NO_DELIVERIES: Source = { leased: [] };
export const NO_KEYS: StateKeys = { jobs: [], runs: [] };
