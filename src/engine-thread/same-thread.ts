import { startEngine } from '../engine/engine.ts';
import type { EngineOptions } from '../engine/parts.ts';
import type { EngineHost } from './engine-host.ts';

/** Starts the engine on this thread. Throws as `startEngine`. */
export async function startOnSameThread(options: EngineOptions): Promise<EngineHost> {
  let closing: string | null = null;
  const engine = await startEngine(options, (step) => {
    closing = step;
  });
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  engine.done.catch(failure.reject);
  return {
    engine,
    failed: failure.promise,
    configure: (values) => engine.configure(values),
    heapShare: null,
    closingStep: () => closing,
    close: () => engine.close(),
  };
}
