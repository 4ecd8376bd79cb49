let lastBytes = process.memoryUsage.rss();

/**
 * How much memory the process uses; as last known while no file descriptor is left, which the system's answer
 * takes. Never throws, so that whoever watches, measures or reports can go on.
 */
export function residentBytes(): number {
  try {
    lastBytes = process.memoryUsage.rss();
  } catch {
    // Whoever watches descriptors says so.
  }
  return lastBytes;
}
