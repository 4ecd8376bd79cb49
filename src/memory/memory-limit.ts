import { totalmem } from 'node:os';

/** Above this the system does not mean a limit: cgroups without one tell a number near 2^63. */
const ABSURD_BYTES = 2 ** 50;

/**
 * What the process may take, in bytes: the configured limit, or with 0 that of its control group (a container's limit),
 * or else what the machine has.
 */
export function memoryLimitBytes(configuredBytes: number): number {
  if (configuredBytes > 0) return configuredBytes;
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < ABSURD_BYTES ? Math.min(constrained, totalmem()) : totalmem();
}
