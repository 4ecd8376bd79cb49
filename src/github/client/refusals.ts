import type { Refusal } from '../../domain/github-api.ts';

/** The credentials that GitHub does not take at present, each until it takes it again. */
export class Refusals {
  readonly #byCredential = new Map<string, Refusal>();

  note(credential: string, refusal: Refusal): void {
    this.#byCredential.set(credential, refusal);
  }

  has(credential: string): boolean {
    return this.#byCredential.has(credential);
  }

  clear(credential: string): void {
    this.#byCredential.delete(credential);
  }

  /** A sentence for each. */
  sentences(): string[] {
    return Array.from(
      this.#byCredential,
      ([credential, { said, remedy }]) => `GitHub refuses ${credential} (${said}): ${remedy}.`,
    );
  }
}
