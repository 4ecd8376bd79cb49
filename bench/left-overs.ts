/*
 * Processes and folders that must not outlive the bench, however it ends.
 */

const open = new Set<Disposable>();

/** Notes what is to be disposed of if the bench ends early; the function it answers takes the note back. */
export function noteLeftOver(leftOver: Disposable): () => void {
  open.add(leftOver);
  return () => void open.delete(leftOver);
}

/** To be called once, by the program. */
export function leaveNothingBehind(): void {
  process.on('exit', () => {
    for (const leftOver of [...open].reverse()) leftOver[Symbol.dispose]();
  });
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
