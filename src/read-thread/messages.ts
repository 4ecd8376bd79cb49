import type { MessagePort } from 'node:worker_threads';
import type { QuestionMoment, ReadablePlace } from '../domain/queries.ts';

/** The operator's, as they are when the question is asked. */
export type QuestionRules = Pick<QuestionMoment, 'labelPatterns' | 'repositoryLabels' | 'branchGroups'>;

/** What the main thread may call. */
export interface Answering {
  /** Answers the question of that name (`src/queries/all-queries.ts`). */
  answer(name: string, query: unknown, rules: QuestionRules): Promise<unknown>;
}

/** What the thread is started with. */
export interface ReadThreadData {
  /** Where to read. */
  readonly place: ReadablePlace;
  /** As `SharedTime.buffer`. */
  readonly time: SharedArrayBuffer;
  /** As `SharedMoment.buffer`: when the engine last changed something. */
  readonly changed: SharedArrayBuffer;
  readonly calls: MessagePort;
}
