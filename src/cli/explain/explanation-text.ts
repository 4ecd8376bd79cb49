/** An explanation in the form of the API. */
export interface ExplanationJson {
  readonly runs: readonly StateJson[];
  readonly jobs: readonly StateJson[];
  readonly deployments: readonly StateJson[];
  readonly reviews: readonly StateJson[];
  readonly observations: readonly ObservationJson[];
}

type StateJson = Readonly<Record<string, unknown>>;

interface ObservationJson {
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
  readonly repository_labels?: readonly {
    readonly label: string;
    readonly value: string;
    readonly from: string;
  }[];
}

/** An explanation for people: states first, then one paragraph per delivery, oldest first. */
export function explanationText(explanation: ExplanationJson): string {
  const { runs, jobs, deployments, reviews, observations } = explanation;
  const parts = [
    ...runs.map((run) => stateText(`Run ${run['run_id']}, attempt ${run['run_attempt']}`, run)),
    ...jobs.map((job) =>
      stateText(`Job ${job['job_id']} "${job['name']}", attempt ${job['run_attempt']}`, job),
    ),
    ...deployments.map((each) =>
      stateText(`Deployment ${each['deployment_id']} to ${each['environment_name']}`, each),
    ),
    ...reviews.map((each) =>
      stateText(`Review of job ${each['job_id']} for ${each['environment_name']}`, each),
    ),
    observations.length === 0
      ? 'No observations are kept.'
      : 'Observations, in the order in which they were accepted:',
    ...observations.map(observationText),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Where the value of a label of repositories is from. */
const SOURCES: Readonly<Record<string, string>> = {
  file: 'from the file of labels',
  payload: 'a custom property in this payload',
  known: 'what was last known of the repository: this payload has no custom properties',
  none: 'neither the file nor a custom property has a value',
};

function labelText({ label, value, from }: { label: string; value: string; from: string }): string {
  return `  under ${label}=${JSON.stringify(value)}: ${SOURCES[from] ?? from}`;
}

function stateText(title: string, state: StateJson): string {
  const rows = Object.entries(state).filter(([, value]) => value !== null && value !== '');
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${valueText(value)}`);
  return [title, ...lines].join('\n');
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .filter(([, each]) => each !== null)
    .map(([name, each]) => `${name} ${valueText(each)}`)
    .join(', ');
}

function observationText(entry: ObservationJson): string {
  const about = entry.job_id === null ? 'run' : `job ${entry.job_id}`;
  const conclusion = entry.conclusion === null ? '' : ` (${entry.conclusion})`;
  const action = entry.action === '' ? '' : `${entry.action}, `;
  const lines = [
    `${entry.received_at}  ${about}: ${action}status ${entry.status}${conclusion}`,
    `  ${entry.before ?? 'not known before'} → ${entry.after}, by ${entry.source} ${entry.guid}, event of ${entry.event_at}`,
    ...entry.counted.map((each) => `  counted ${each}`),
    ...(entry.counted.length === 0 ? ['  counted nothing'] : []),
    ...(entry.counted.length === 0 ? [] : (entry.repository_labels ?? []).map(labelText)),
    ...(entry.why === null ? [] : [`  ${entry.why}`]),
  ];
  return lines.join('\n');
}
