/*
 * Processes and folders that must not outlive the bench, however it ends.
 */

const open = new Set<Disposable>();

/** Registers something to be disposed of if the bench ends early; the returned function removes it. */
export function noteLeftOver(leftOver: Disposable): () => void {
  open.add(leftOver);
  return () => void open.delete(leftOver);
}

/** Call it once, in the main program. */
export function leaveNothingBehind(): void {
  process.on('exit', () => {
    for (const leftOver of [...open].reverse()) leftOver[Symbol.dispose]();
  });
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
