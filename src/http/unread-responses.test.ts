import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { UnreadResponses } from './unread-responses.ts';

/** A connection of which the test says what was written, and what of it was taken. */
class FakeSocket extends EventEmitter {
  written = 0;
  taken = 0;
  get bytesWritten() {
    return this.written;
  }
  get _handle() {
    return { bytesWritten: this.written, writeQueueSize: this.written - this.taken };
  }
}

function open() {
  const socket = new FakeSocket();
  const cut: string[] = [];
  const unread = new UnreadResponses((_, reason) => cut.push(reason));
  unread.add(socket as unknown as Socket);
  /** Looks as often as that, each time after `before`, and answers what was cut off at which look. */
  function look(times: number, before = () => {}): string[] {
    const cuts: string[] = [];
    for (let at = 1; at <= times && cuts.length === 0; at += 1) {
      before();
      unread.look();
      cuts.push(...cut.splice(0).map((reason) => `${reason} at ${at}`));
    }
    return cuts;
  }
  return { socket, look };
}

test('a client that reads nothing is cut off after ten checks without progress', () => {
  const { socket, look } = open();
  assert.deepEqual(look(50), [], 'nothing was sent');
  socket.written = 6_000_000;
  socket.taken = 2_000_000;
  assert.deepEqual(look(20), ['stalled at 11']);
});

test('a client that reads a little before each check is cut off if it has not read everything after forty', () => {
  const { socket, look } = open();
  socket.written = 6_000_000;
  assert.deepEqual(
    look(50, () => {
      socket.taken += 1;
    }),
    ['slow at 41'],
  );
});

test('a client that pauses now and then, but reads everything in the end, is not cut off', () => {
  const { socket, look } = open();
  socket.written = 36;
  let looks = 0;
  const taking = () => {
    looks += 1;
    if (looks % 9 === 0) socket.taken = Math.min(socket.written, looks);
  };
  assert.deepEqual(look(46, taking), []);
  assert.equal(socket.taken, socket.written);
  assert.deepEqual(look(1000), []);
});

test('a stream lives as long as its client keeps up, however far behind it is', () => {
  const { socket, look } = open();
  const sent: number[] = [];
  const streaming = () => {
    sent.push(socket.written);
    socket.written += 100;
    socket.taken = sent.at(-30) ?? 0;
  };
  assert.deepEqual(
    look(29, () => (socket.written += 0)),
    [],
  );
  for (let at = 0; at < 31; at += 1) streaming();
  assert.deepEqual(look(10_000, streaming), []);
});

test('data written meanwhile is not progress of the client', () => {
  const { socket, look } = open();
  assert.deepEqual(
    look(20, () => {
      socket.written += 100;
    }),
    ['stalled at 11'],
  );
});

test('a closed connection is not checked any more', () => {
  const { socket, look } = open();
  socket.written = 1;
  socket.emit('close');
  assert.deepEqual(look(50), []);
});
