import type { Logger } from '../domain/contracts.ts';
import { AntError, isStoreLoss } from '../domain/errors.ts';

interface Step {
  readonly name: string;
  readonly end: () => PromiseLike<void> | void;
  /** Which of its own steps is under way; null: none. */
  readonly within: () => string | null;
}

/**
 * How something that is made of parts ends: each part adds its step as soon as it exists, and `run` takes the
 * steps in reverse. One that fails is logged with its name, and the others still run.
 */
export class Teardown {
  readonly #logger: Logger;
  readonly #onStep: (name: string) => void;
  readonly #steps: Step[] = [];
  #current: Step | null = null;

  constructor(logger: Logger, onStep: (name: string) => void = () => {}) {
    this.#logger = logger;
    this.#onStep = onStep;
  }

  add(name: string, end: Step['end'], within: Step['within'] = () => null): void {
    this.#steps.push({ name, end, within });
  }

  /** The step that is under way; null: none. */
  get current(): string | null {
    if (this.#current === null) return null;
    const { name, within } = this.#current;
    const inner = within();
    return inner === null ? name : `${name}: ${inner}`;
  }

  /**
   * What `start` resolves to; when it fails, what it has added until then runs before this rejects with why.
   */
  async runIfFails<T>(start: () => Promise<T>): Promise<T> {
    try {
      return await start();
    } catch (error) {
      // What fails in this is logged, and must not hide why the start failed.
      await this.run().catch(() => undefined);
      throw error;
    }
  }

  /** Rejects with the failure of a step, a bug before any other, once all steps have run. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      this.#current = step;
      this.#onStep(step.name);
      try {
        await step.end();
      } catch (err) {
        failures.push(err);
        // Damage is met by every step that writes: whoever ends the process for it logs it once.
        if (!isStoreLoss(err)) this.#logger.error('stop_step_failed', { step: step.name, err });
      }
    }
    this.#current = null;
    if (failures.length > 0) throw failures.find((err) => !(err instanceof AntError)) ?? failures[0];
  }
}
