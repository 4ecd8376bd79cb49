import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKFILL_WISH } from '../domain/backfill.ts';
import { LEADER_REPORT, type LeaderReport, readLeaderReport } from '../domain/replica.ts';
import { followLead } from './leadership.ts';

const REPORT: LeaderReport = {
  ...{ atMs: 0, readings: [], refusals: ['refused'], runnersMissing: null, firstRead: null, backfill: null },
};

function open(isHeld: boolean, notes: Map<string, string>) {
  const told: unknown[] = [];
  const lead = { isHeld };
  const sync = {
    lead: async (leads: boolean) => void told.push(['leads', leads]),
    report: (atMs: number) => ({ ...REPORT, atMs }),
    hear: (report: LeaderReport | null) => void told.push(['hears', report?.refusals]),
    backfill: {
      start: (request: unknown) => {
        told.push(['starts', request]);
        return true;
      },
      stop: () => void told.push(['stops']),
      status: () => assert.fail(),
    },
  };
  const engine = {
    readNote: async (name: string) => notes.get(name) ?? null,
    writeNote: async (name: string, text: string | null) =>
      void (text === null ? notes.delete(name) : notes.set(name, text)),
    health: async () => ({ sinks: [{ sink: 'a', lastSentAtMs: 5000 }] }) as never,
  };
  const following = followLead({ lead, sync, engine, clock: Date.now });
  return { following, told, lead };
}

test('the leader tells what it knows and grants wishes; others hear it', async () => {
  const request = { sinceMs: 1, repositories: [], isDryRun: false };
  const notes = new Map([[BACKFILL_WISH, JSON.stringify({ start: request })]]);
  const leader = open(true, notes);
  while (!notes.has(LEADER_REPORT)) await sleep(20);
  await leader.following.close();
  assert.deepEqual(leader.told, [
    ['leads', true],
    ['starts', request],
  ]);
  assert.equal(notes.has(BACKFILL_WISH), false, 'granted once');
  const report = readLeaderReport(notes.get(LEADER_REPORT) ?? null, Date.now());
  assert.deepEqual(
    report?.readings.map(({ value }) => value),
    [5],
  );
  const other = open(false, notes);
  while (other.told.length < 2) await sleep(20);
  await other.following.close();
  assert.deepEqual(other.told, [
    ['leads', false],
    ['hears', ['refused']],
  ]);
});

test('what a leader told long ago is not heard', () => {
  assert.equal(readLeaderReport(JSON.stringify(REPORT), 120_000), null);
  assert.equal(readLeaderReport(null, 0), null);
});
