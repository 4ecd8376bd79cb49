/** An explanation as the API shows it. */
export interface ShownExplanation {
  readonly runs: readonly ShownState[];
  readonly jobs: readonly ShownState[];
  readonly observations: readonly ShownObservation[];
}

type ShownState = Readonly<Record<string, unknown>>;

interface ShownObservation {
  readonly job_id: number | null;
  readonly guid: string;
  readonly source: string;
  readonly received_at: string;
  readonly event_at: string;
  readonly action: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly before: string | null;
  readonly after: string;
  readonly counted: readonly string[];
  readonly why: string | null;
}

/** The same for a person: states first, then one paragraph for each delivery, oldest first. */
export function explanationText({ runs, jobs, observations }: ShownExplanation): string {
  const parts = [
    ...runs.map((run) => stateText(`Run ${run['run_id']}, attempt ${run['run_attempt']}`, run)),
    ...jobs.map((job) =>
      stateText(`Job ${job['job_id']} "${job['name']}", attempt ${job['run_attempt']}`, job),
    ),
    observations.length === 0
      ? 'No observations are kept.'
      : 'Observations, in the order in which they were accepted:',
    ...observations.map(observationText),
  ];
  return `${parts.join('\n\n')}\n`;
}

function stateText(title: string, state: ShownState): string {
  const rows = Object.entries(state).filter(([, value]) => value !== null && value !== '');
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${valueText(value)}`);
  return [title, ...lines].join('\n');
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function observationText(told: ShownObservation): string {
  const about = told.job_id === null ? 'run' : `job ${told.job_id}`;
  const conclusion = told.conclusion === null ? '' : ` (${told.conclusion})`;
  const lines = [
    `${told.received_at}  ${about}: ${told.action}, status ${told.status}${conclusion}`,
    `  ${told.before ?? 'not known before'} → ${told.after}, by ${told.source} ${told.guid}, event of ${told.event_at}`,
    ...told.counted.map((each) => `  counted ${each}`),
    ...(told.counted.length === 0 ? ['  counted nothing'] : []),
    ...(told.why === null ? [] : [`  ${told.why}`]),
  ];
  return lines.join('\n');
}
