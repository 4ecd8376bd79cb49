import { DOMAIN } from '../src/domain/catalogue.ts';
import { linesOf, type Samples } from './samples.ts';

/** Counted ten minutes after the end of an attempt is known: longer than a test waits. */
const LATER: readonly string[] = [DOMAIN.runQueue.name, DOMAIN.reruns.name];

/** The `github_actions_` lines of what is counted when it is heard of. */
export function countedAtOnce(samples: Samples): string[] {
  return linesOf(samples, 'github_actions_').filter((line) => !LATER.some((name) => line.startsWith(name)));
}
