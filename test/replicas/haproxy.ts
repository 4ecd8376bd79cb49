import { writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '../free-port.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { blockOf, withPlaces } from './document-blocks.ts';
import { until } from './fleet.ts';
import { startPart } from './part-process.ts';

/** Where a replica listens, whether it does or not. */
export interface ReplicaPorts {
  readonly webhook: number;
  readonly api: number;
}

/** HAProxy as docs/replicas.md has it, in front of three replicas on this machine. */
export interface Haproxy extends AsyncDisposable {
  readonly webhookUrl: string;
  /** `host:port`. */
  readonly apiAddress: string;
  /** Sends nothing new to that replica; resolves when what it had is answered. */
  drain(index: number): Promise<void>;
  /** Sends to it again; resolves when it is known to be ready. */
  restore(index: number): Promise<void>;
  /** How often it has sent a delivery again. */
  retries(): Promise<number>;
}

export interface HaproxyOptions {
  readonly replicas: readonly ReplicaPorts[];
  /** Default: true. */
  readonly sendsAgain?: boolean;
}

export async function startHaproxy({ replicas, sendsAgain = true }: HaproxyOptions): Promise<Haproxy> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.adopt(openTemporaryFolder(), (each) => each[Symbol.dispose]());
  const [webhook, api] = [await freePort(), await freePort()];
  const [configuration, socket] = [join(folder.path, 'haproxy.cfg'), join(folder.path, 'socket')];
  let told = withPlaces(blockOf('haproxy'), [
    ['bind :443 ssl crt /etc/haproxy/certificate.pem', `bind 127.0.0.1:${webhook}`],
    ['bind :9876', `bind 127.0.0.1:${api}`],
    ['global\n', `global\n    stats socket ${socket} level admin\n`],
    ...(sendsAgain
      ? []
      : ([
          ['retries 3', 'retries 0'],
          ['    option redispatch 1\n', ''],
          ['    retry-on conn-failure empty-response 503\n', ''],
        ] as const)),
  ]);
  for (const [index, ports] of replicas.entries())
    told = withPlaces(told, [
      [`10.0.0.${index + 1}:8080`, `127.0.0.1:${ports.webhook} port ${ports.api}`],
      [`10.0.0.${index + 1}:9876`, `127.0.0.1:${ports.api} port ${ports.api}`],
    ]);
  writeFileSync(configuration, told);
  stack.use(await startPart('haproxy', ['-db', '-f', configuration], webhook));
  const started = stack.move();
  const ask = (command: string) => askSocket(socket, command);

  async function column(name: string, where: (row: Stats) => boolean): Promise<string[]> {
    return statsIn(await ask('show stat'))
      .filter(where)
      .map((row) => row[name] ?? '');
  }

  const isOf = (index: number) => (row: Stats) => row['svname'] === `ant-${index + 1}`;
  return {
    webhookUrl: `http://127.0.0.1:${webhook}/webhook`,
    apiAddress: `127.0.0.1:${api}`,
    async drain(index) {
      for (const backend of ['webhooks', 'api'])
        await ask(`set server ${backend}/ant-${index + 1} state drain`);
      await until('a replica still has requests', async () =>
        (await column('scur', isOf(index))).every((sessions) => sessions === '0'),
      );
    },
    async restore(index) {
      for (const backend of ['webhooks', 'api'])
        await ask(`set server ${backend}/ant-${index + 1} state ready`);
      await until('a replica is not up', async () =>
        (await column('status', isOf(index))).every((status) => status === 'UP'),
      );
    },
    async retries() {
      const [count = '0'] = await column(
        'wretr',
        (row) => row['pxname'] === 'webhooks' && row['svname'] === 'BACKEND',
      );
      return Number(count);
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

type Stats = Readonly<Record<string, string>>;

function statsIn(csv: string): Stats[] {
  const [head = '', ...lines] = csv.replace(/^# /, '').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
  });
}

async function askSocket(path: string, command: string): Promise<string> {
  const socket = createConnection(path);
  socket.end(`${command}\n`);
  return text(socket);
}
