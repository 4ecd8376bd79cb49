import { Empty } from '../components/states.tsx';

export function View() {
  return <Empty title="Not here yet">This view is not built yet.</Empty>;
}
