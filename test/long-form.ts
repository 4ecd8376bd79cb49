import { type TestContext, test } from 'node:test';
import { IS_LONG_FORM } from './peers.ts';

/** A test that is only in the long form: it takes minutes, or needs programs that `npm test` does not fetch. */
export function longTest(name: string, work: (t: TestContext) => Promise<void> | void): void {
  if (IS_LONG_FORM) test(name, work);
}
