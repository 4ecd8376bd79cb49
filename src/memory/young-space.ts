/** Below this, memory costs more than time. */
export const SMALL_BYTES = 512 * 1024 ** 2;

/**
 * The room for young garbage, in MiB, as `--max-semi-space-size` takes it: as much as V8 takes by itself, or
 * half of it where memory is limited, by `memory.limit` as the environment has it, or to less than 512 MiB by
 * the control group (a container's limit; `process.constrainedMemory()`).
 */
export function youngSpaceMiB(configured: string | undefined, constrainedBytes: number): number {
  const isConfigured = !['', '0'].includes(configured ?? '');
  const isSmall = constrainedBytes > 0 && constrainedBytes < SMALL_BYTES;
  return isConfigured || isSmall ? 8 : 16;
}
