import type { ServiceStatus } from '../../../src/domain/openapi-types.ts';
import { useAnswer } from '../../answers/use-answer.ts';
import { Loading } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { formatCount, formatPercent } from '../../format/number.ts';

/** In place of numbers while nothing has ever arrived: what to do, or how far it is. Goes away by itself. */
export function FirstContact() {
  const { answer } = useAnswer('status', {}, { everySeconds: 3 });
  if (answer === null) return <Loading />;
  return answer.intake === 'polling' ? <FirstRead status={answer} /> : <SetUp status={answer} />;
}

function SetUp({ status: { webhook } }: { readonly status: ServiceStatus }) {
  const { port, path, tls } = webhook ?? { port: 8080, path: '/webhook', tls: false };
  const url = `${tls ? 'https' : 'http'}://${location.hostname}:${port}${path}`;
  return (
    <section class="state first-contact">
      <h2>Waiting for the first delivery</h2>
      <p>
        Add a webhook to your organization or repository at GitHub: <i>Settings, Webhooks, Add webhook</i>.
        This page comes alive by itself.
      </p>
      <dl>
        <div>
          <dt>Payload URL</dt>
          <dd>
            <code>{url}</code>
            <span>
              as GitHub reaches it: put in the public name of this machine, or of the proxy before it
            </span>
          </dd>
        </div>
        <div>
          <dt>Content type, secret</dt>
          <dd>
            <code>application/json</code>
            <span>
              and the secret of <code>ANT_WATCHER_WEBHOOK_SECRET</code>
            </span>
          </dd>
        </div>
        <div>
          <dt>Events</dt>
          <dd>
            <code>Workflow jobs</code> <code>Workflow runs</code>
            <span>under “Let me select individual events”</span>
          </dd>
        </div>
      </dl>
      <p class="pulse" role="status">
        <span class="dot" /> Listening. Nothing has arrived yet.
      </p>
    </section>
  );
}

function FirstRead({ status: { first_read: read, recovery } }: { readonly status: ServiceStatus }) {
  const problems = recovery?.problems ?? [];
  return (
    <section class="state first-contact">
      <h2>Reading the last day from GitHub</h2>
      <p>Jobs show up here as they are read. This page comes alive by itself.</p>
      {read !== null && (
        <>
          <progress value={read.share ?? undefined} max={1} aria-label="Read of the last day" />
          <p role="status">
            {formatCount(read.runs_read)} runs read
            {read.share !== null && `, ${formatPercent(read.share)} of the time`}
            {read.read_until !== null && (
              <>
                , back to <Time at={read.read_until} />
              </>
            )}
          </p>
        </>
      )}
      {problems.map((problem) => (
        <p key={problem} class="banner">
          {problem}
        </p>
      ))}
    </section>
  );
}
