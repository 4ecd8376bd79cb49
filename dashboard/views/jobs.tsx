import { Tabs } from '../components/tabs.tsx';
import { address } from '../state/navigation.ts';
import { JobNames } from './jobs/job-names.tsx';
import { FailedJobs, SingleJobs } from './jobs/single-jobs.tsx';

const TABS = [
  { id: '', title: 'By total time' },
  { id: 'flaky', title: 'Flaky' },
  { id: 'single', title: 'Single jobs' },
  { id: 'failed', title: 'Failed' },
];

/** Jobs by name, the flaky ones among them, or single jobs: what the numbers of other views are made of. */
export function View() {
  const { tab = '' } = address.value.own;
  return (
    <>
      <Tabs label="Jobs" tabs={TABS} />
      <Chosen tab={tab} />
    </>
  );
}

function Chosen({ tab }: { readonly tab: string }) {
  if (tab === 'single') return <SingleJobs />;
  if (tab === 'failed') return <FailedJobs />;
  if (tab === 'flaky') return <JobNames key="flaky" title="Flaky jobs" isFlaky isExported />;
  return <JobNames key="all" title="Jobs by name" isExported />;
}
