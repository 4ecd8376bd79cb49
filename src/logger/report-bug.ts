import { getHeapStatistics } from 'node:v8';
import type { Logger } from '../domain/contracts.ts';
import type { QueueStatus } from '../domain/delivery.ts';
import { sleep } from '../timing/sleep.ts';
import { residentBytes } from './resident-bytes.ts';

export interface BugCircumstances {
  /** How it came to light: as an uncaught exception, an unhandled rejection, or the end of a part. */
  readonly origin: string;
  readonly thread: 'main' | 'engine';
  /** Of ant-watcher. */
  readonly version: string;
  /** What waits to be processed; asked for a short time only. */
  readonly queue: () => Promise<QueueStatus | null>;
}

/** Whoever has the queue may be what is broken. */
const ASK_MS = 1000;

/**
 * Writes all that helps to find a bug as one line, and resolves within little more than a second: after that
 * the process must end, because its state is unknown. Never rejects.
 */
export async function reportBug(
  logger: Logger,
  err: unknown,
  { queue, ...known }: BugCircumstances,
): Promise<void> {
  logger.error('bug', {
    err,
    ...known,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    uptimeSeconds: Math.floor(process.uptime()),
    rssBytes: residentBytes(),
    heapUsedBytes: getHeapStatistics().used_heap_size,
    queue: await Promise.race([ask(queue), sleep(ASK_MS).then(() => 'no answer')]),
  });
}

async function ask(queue: BugCircumstances['queue']): Promise<QueueStatus | string> {
  try {
    return (await queue()) ?? 'not known';
  } catch {
    return 'no answer';
  }
}
