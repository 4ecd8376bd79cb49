import { chosenLabel } from '../state/grouping.ts';
import { linkTo } from '../state/navigation.ts';

interface GroupChoicesProps<By extends string> {
  readonly words: Readonly<Record<By, string>>;
  readonly by: By;
  readonly usual: By;
  /** The labels of repositories that the service has. */
  readonly labels: readonly string[];
}

/** Links to what the rows can be grouped by. Each label of repositories is a choice of its own. */
export function GroupChoices<By extends string>({ words, by, usual, labels }: GroupChoicesProps<By>) {
  const names = (Object.keys(words) as By[]).filter((each) => each !== 'repository_label');
  const label = by === 'repository_label' ? chosenLabel(labels) : null;
  return (
    <nav class="choices" aria-label="Group by">
      {names.map((each) => (
        <a
          key={each}
          href={linkTo({ own: { by: each === usual ? null : each, group_label: null } })}
          aria-current={each === by ? 'true' : undefined}
        >
          {words[each]}
        </a>
      ))}
      {labels.map((each) => (
        <a
          key={`label ${each}`}
          href={linkTo({ own: { by: 'repository_label', group_label: each } })}
          aria-current={each === label ? 'true' : undefined}
        >
          {each}
        </a>
      ))}
    </nav>
  );
}
