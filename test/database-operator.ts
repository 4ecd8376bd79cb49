import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';

/** Somebody who does something to the database of a running service, and knows what was accepted. */
export class Operator {
  readonly service: Service;
  readonly data: string;
  accepted = 0;
  /** Delivery ids, and whether they were accepted. */
  readonly sent = new Map<string, boolean>();

  constructor(service: Service) {
    this.service = service;
    this.data = join(service.folder, 'data');
  }

  get path(): string {
    return join(this.data, 'ant.db');
  }

  get log(): string {
    return `${this.path}-wal`;
  }

  async send(count = 1): Promise<number[]> {
    const statuses: number[] = [];
    for (let number = 0; number < count; number += 1) {
      const guid = randomUUID();
      const { status } = await this.post(guid);
      if (status === 202) this.accepted += 1;
      this.sent.set(guid, status === 202);
      statuses.push(status);
    }
    return statuses;
  }

  /** As GitHub does when somebody asks it to: all of them once more. What was accepted is known. */
  async redeliver(): Promise<void> {
    for (const [guid, isAccepted] of this.sent) {
      const { status, text } = await this.post(guid);
      assert.equal(status, 202);
      if (isAccepted) assert.equal(text, '{"status":"duplicate"}');
      this.sent.set(guid, true);
    }
    this.accepted = this.sent.size;
  }

  /** Status 0: no answer. */
  async post(guid: string): Promise<{ readonly status: number; readonly text: string }> {
    try {
      const body = { workflow: 'a.yml', repository: { full_name: 'o/r' } };
      return await this.service.post('workflow_dispatch', body, { guid });
    } catch {
      return { status: 0, text: '' };
    }
  }

  /** Nothing is taken, and it says so; answers why. */
  async refuses(): Promise<string> {
    assert.deepEqual(await this.send(), [503]);
    const ready = await this.service.get('/readyz');
    const health = await this.service.get('/health');
    assert.deepEqual([ready.status, health.status, await this.livez()], [503, 503, 200]);
    const { error } = (await ready.json()) as { error: { message: string } };
    return error.message;
  }

  async livez(): Promise<number> {
    return (await this.service.get('/livez')).status;
  }

  async counts(): Promise<number> {
    return sumOf(await this.service.settled(), 'github_actions_dispatches_total');
  }

  /** After all that happened, a new process has every delivery that was accepted, once. */
  async expectAll(): Promise<void> {
    await this.service.start();
    assert.equal(await this.counts(), this.accepted);
    assert.deepEqual(await this.send(), [202]);
    assert.equal(await this.counts(), this.accepted);
  }
}

/** A service that has accepted three deliveries. */
export async function startWith(
  env: Readonly<Record<string, string>> = {},
): Promise<Operator & AsyncDisposable> {
  const service = await startService({ storage: 'sqlite:data/ant.db', env });
  const operator = new Operator(service);
  await operator.send(3);
  return Object.assign(operator, { [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() });
}

/** Fetched from the service, and written beside its folder. */
export async function backupOf({ service, data }: Operator): Promise<{ path: string; bytes: Buffer }> {
  const response = await fetch(`${service.apiUrl}/api/v1/backup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
  });
  assert.equal(response.status, 200);
  const bytes = Buffer.from(await response.arrayBuffer());
  const path = join(data, '..', 'backup.db');
  writeFileSync(path, bytes);
  return { path, bytes };
}
