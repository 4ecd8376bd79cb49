import { applyDiff } from '../src/domain/now-diff.ts';
import type { Now, NowDiff } from '../src/domain/openapi-types.ts';
import { assertAnswers } from './openapi.ts';

/** What a reader of `/api/v1/live` knows, as a page does. */
export class LiveReader {
  /** The names of all events. */
  readonly events: string[] = [];
  known: Now | null = null;
  isEnded = false;
  readonly #abort = new AbortController();

  constructor(response: Response) {
    void this.#read(response);
  }

  close(): void {
    this.#abort.abort();
  }

  async #read({ body }: Response): Promise<void> {
    let text = '';
    try {
      const parts = body?.pipeThrough(new TextDecoderStream(), { signal: this.#abort.signal }) ?? [];
      for await (const part of parts) {
        text += part;
        const events = text.split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) this.#take(event);
      }
    } catch {
      // The service was killed, or nobody reads any more.
    }
    this.isEnded = true;
  }

  #take(event: string): void {
    const [, name = ''] = /^event: (.*)$/m.exec(event) ?? [];
    const data: unknown = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '{}');
    this.events.push(name);
    if (name === 'now') {
      assertAnswers('Now', data);
      this.known = data as Now;
    } else if (name === 'diff' && this.known !== null) {
      assertAnswers('NowDiff', data);
      this.known = applyDiff(this.known, data as NowDiff);
    }
  }
}
