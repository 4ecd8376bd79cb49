import type { ComponentChildren } from 'preact';
import type { ServiceStatus } from '../../../src/domain/openapi-types.ts';
import { Card } from '../../components/card.tsx';
import { Age, Duration, Time } from '../../components/time.tsx';
import { formatCount, formatPercent } from '../../format/number.ts';
import { formatBytes } from './bytes.ts';

/** How the service is doing, part by part. */
export function Numbers({ status }: { readonly status: ServiceStatus }) {
  return (
    <div class="side-by-side">
      <Deliveries status={status} />
      {status.recovery !== null && <Recovery status={status} recovery={status.recovery} />}
      <Service status={status} />
      <Storage status={status} />
    </div>
  );
}

interface PartProps {
  readonly status: ServiceStatus;
}

function Deliveries({ status: { deliveries, queue } }: PartProps) {
  return (
    <Card title="Deliveries" note="Since the database began.">
      <dl class="facts">
        <Fact name="Accepted">{formatCount(deliveries?.accepted)}</Fact>
        <Fact name="Duplicates">{formatCount(deliveries?.duplicate)}</Fact>
        <Fact name="Of no use here">{formatCount(deliveries?.ignored)}</Fact>
        <Fact name="Rejected">{formatCount(deliveries?.rejected)}</Fact>
        <Fact name="Waiting">{formatCount(queue?.pending)}</Fact>
        <Fact name="Tried again">{formatCount(queue?.retrying)}</Fact>
        <Fact name="Parked">{formatCount(queue?.parked)}</Fact>
      </dl>
    </Card>
  );
}

function Recovery({
  status: { first_read: read },
  recovery,
}: PartProps & { readonly recovery: NonNullable<ServiceStatus['recovery']> }) {
  return (
    <Card title="Recovery from GitHub">
      <dl class="facts">
        <Fact name="Everything is known until">
          <Time at={recovery.complete_until} />
        </Fact>
        <Fact name="Lost deliveries fetched">{formatCount(recovery.recovered)}</Fact>
        {read !== null && (
          <Fact name="First read">
            {formatCount(read.runs_read)} runs, {formatPercent(read.share)}
          </Fact>
        )}
      </dl>
    </Card>
  );
}

function Service({ status: { version, started_at, intake, memory, series } }: PartProps) {
  const { resident_bytes: resident, limit_bytes: limit } = memory;
  const share = limit === null ? '' : ` of ${formatBytes(limit)}`;
  return (
    <Card title="Service">
      <dl class="facts">
        <Fact name="Version">{version}</Fact>
        <Fact name="Running for">
          <Age since={started_at} />
        </Fact>
        <Fact name="Events come">{intake === 'polling' ? 'by asking GitHub' : 'as webhooks'}</Fact>
        <Fact name="Memory">
          {formatBytes(resident)}
          {share}
        </Fact>
        <Fact name="Series">{formatCount(series?.count)}</Fact>
        <Fact name="Limit of a metric">{formatCount(series?.limit)} series</Fact>
        <Fact name="Counted as __other__">{formatCount(series?.dropped)}</Fact>
      </dl>
    </Card>
  );
}

function Storage({ status: { storage } }: PartProps) {
  const { kind, bytes, retention_seconds: retention, history_from: begin } = storage;
  return (
    <Card title="Storage">
      <dl class="facts">
        <Fact name="Database">{kind === 'memory' ? 'in memory: lost at the end' : kind}</Fact>
        <Fact name="Size">{formatBytes(bytes)}</Fact>
        <Fact name="History begins">
          <Time at={begin} />
        </Fact>
        <Fact name="Kept for">{retention === null ? 'good' : <Duration seconds={retention} />}</Fact>
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
