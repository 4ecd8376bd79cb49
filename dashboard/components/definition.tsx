import { DEFINITIONS, type DefinitionId } from '../../src/domain/definitions.ts';
import { Popover } from './popover.tsx';

/** A `?` beside a word or number, which says what it means. */
export function Definition({ id }: { readonly id: DefinitionId }) {
  const { term, text } = DEFINITIONS[id];
  return (
    <Popover
      title={term}
      label={`What is ${term}?`}
      button="?"
      buttonClass="definition"
      class="definition-text"
    >
      {() => (
        <>
          <h3>{term}</h3>
          <p>{text}</p>
        </>
      )}
    </Popover>
  );
}
