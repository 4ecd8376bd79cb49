import type {
  JobEntry,
  RunEntry,
  TracedStep,
  TraceEntry,
  TraceOrigin,
  TraceTimes,
  WaitEntry,
} from '../domain/trace-entry.ts';
import {
  type Form,
  listOf,
  objectOf,
  orNull,
  type PackedBlock,
  packBlock,
  plain,
  repeated,
  TIME,
  unpackBlock,
} from './packed-form.ts';
import { parseStored } from './stored-json.ts';

/* Entries of traces as they are stored. New fields go to the end of a form: what was stored before has null there. */

const NUMBER = plain<number>();
const TEXT = repeated(plain<string>());
const TIMES = { startMs: TIME, endMs: TIME, isClamped: flag() };

const ORIGIN: Form<TraceOrigin> = repeated(
  objectOf<TraceOrigin>({
    repository: TEXT,
    workflow: TEXT,
    runId: NUMBER,
    runAttempt: NUMBER,
    headBranch: orNull(TEXT),
    headSha: orNull(TEXT),
    serviceName: orNull(TEXT),
  }),
);

const RUN = objectOf<Omit<RunEntry, 'kind'>>({
  origin: ORIGIN,
  ...TIMES,
  conclusion: orNull(TEXT),
  event: TEXT,
  runNumber: orNull(NUMBER),
  workflowFile: orNull(TEXT),
  refType: orNull(plain()),
  pullRequest: orNull(NUMBER),
  actor: orNull(TEXT),
  triggeringActor: orNull(TEXT),
  author: orNull(TEXT),
  reusedWorkflows: listOf(TEXT),
});

const WAIT = {
  origin: ORIGIN,
  jobId: NUMBER,
  name: TEXT,
  approval: orNull(objectOf<TraceTimes>(TIMES)),
  queue: orNull(objectOf<TraceTimes>(TIMES)),
};

const JOB = objectOf<Omit<JobEntry, 'kind'>>({
  ...WAIT,
  ...TIMES,
  group: TEXT,
  conclusion: orNull(TEXT),
  runsOn: repeated(listOf(plain<string>())),
  runnerId: orNull(NUMBER),
  runnerName: orNull(TEXT),
  runnerGroupId: orNull(NUMBER),
  runnerGroup: orNull(TEXT),
  queueMs: orNull(NUMBER),
  failureCause: orNull(plain()),
  failedStep: orNull(TEXT),
  sku: orNull(TEXT),
  billedSeconds: orNull(NUMBER),
  steps: listOf(
    objectOf<TracedStep>({
      number: NUMBER,
      name: TEXT,
      conclusion: orNull(TEXT),
      ...TIMES,
      isRepeat: flag(),
    }),
  ),
});

const KINDS = { run: RUN, job: JOB, wait: objectOf<Omit<WaitEntry, 'kind'>>(WAIT) };

const ENTRY: Form<TraceEntry> = {
  pack: (entry, shared) => [entry.kind, (KINDS[entry.kind] as Form<object>).pack(entry, shared)],
  unpack(packed, shared) {
    const [kind, fields] = packed as [TraceEntry['kind'], unknown];
    return { kind, ...KINDS[kind].unpack(fields, shared) } as TraceEntry;
  },
};

/** A JSON text. What entries have in common, such as their run, is in it once. */
export function packTraces(entries: readonly TraceEntry[]): string {
  return packBlock(ENTRY, entries);
}

export function unpackTraces(text: string): TraceEntry[] {
  return unpackBlock(ENTRY, parseStored<PackedBlock>(text, 'the trace outbox'));
}

/** A truth value in one character. */
function flag(): Form<boolean> {
  return { pack: Number, unpack: (packed) => packed === 1 };
}
