import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Another process that reads the database, as any program may; or writes it, as none should. */
export class ReadingProgram implements AsyncDisposable {
  readonly #process;
  readonly #lines;

  constructor(path: string, { readOnly = true }: { readonly readOnly?: boolean } = {}) {
    const program = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(${JSON.stringify(path)}, { readOnly: ${readOnly}, timeout: 5000 });
      require('node:readline').createInterface({ input: process.stdin }).on('line', (sql) => {
        try {
          const rows = /^SELECT/.test(sql) ? database.prepare(sql).all() : database.exec(sql);
          console.log(JSON.stringify(rows ?? []));
        } catch (error) {
          console.log(JSON.stringify([{ error: error.message }]));
        }
      });`;
    this.#process = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async ask(sql: string): Promise<readonly Record<string, unknown>[]> {
    this.#process.stdin.write(`${sql}\n`);
    const { value } = await this.#lines.next();
    return JSON.parse(String(value));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    await once(this.#process, 'exit');
  }
}
