import { IS_LONG_FORM } from './peers.ts';

/** Each run tries other cases, so the plain form does with fewer in a run. */
const SHARE = IS_LONG_FORM ? 1 : 0.4;

/** What the number of cases of a property is multiplied by; ANT_WATCHER_TEST_CASES multiplies it again. */
export const CASES = SHARE * Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);
