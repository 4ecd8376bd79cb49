import { Tabs } from '../components/tabs.tsx';
import { address } from '../state/navigation.ts';
import { JobNames } from './jobs/job-names.tsx';
import { SingleJobs } from './jobs/single-jobs.tsx';

const TABS = [
  { id: '', title: 'By total time' },
  { id: 'flaky', title: 'Flaky' },
  { id: 'single', title: 'Single jobs' },
];

/** Jobs by name, the flaky ones among them, or single jobs: what the numbers of other views are made of. */
export function View() {
  const { tab = '' } = address.value.own;
  return (
    <>
      <Tabs label="Jobs" tabs={TABS} />
      {tab === 'single' ? (
        <SingleJobs />
      ) : tab === 'flaky' ? (
        <JobNames key="flaky" title="Flaky jobs" isFlaky isExported />
      ) : (
        <JobNames key="all" title="Jobs by name" isExported />
      )}
    </>
  );
}
