import { useState } from 'preact/hooks';
import { exported } from '../answers/exported.ts';
import { Popover } from '../components/popover.tsx';
import { fixWindow } from '../state/address.ts';
import { address, linkTo } from '../state/navigation.ts';
import { serverNow } from '../state/server-clock.ts';
import { Icon } from './icons.tsx';

/** *Share* and *Export*. */
export function PageActions() {
  return (
    <div class="actions">
      <Share />
      <Export />
    </div>
  );
}

/** A link that shows the same to others, also later: its window is fixed. */
function Share() {
  const [said, setSaid] = useState('');
  const link = () => {
    const { window } = address.value;
    return new URL(linkTo({ window: fixWindow(window, Math.floor(serverNow() / 1000)) }), location.href).href;
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link());
      setSaid('Copied');
    } catch {
      // Only pages of HTTPS and of this machine may write to the clipboard.
      setSaid('Copy it from here:');
    }
  };
  return (
    <Popover
      title="Share"
      button={
        <>
          <Icon name="share" />
          <span>Share</span>
        </>
      }
      onOpen={copy}
    >
      {() => (
        <div class="share">
          <p role="status">{said}</p>
          <input
            readOnly
            value={link()}
            aria-label="Link"
            onFocus={(event) => event.currentTarget.select()}
          />
          <p class="faint">Shows exactly this window, also later.</p>
        </div>
      )}
    </Popover>
  );
}

/** The view's own call, as a file. */
function Export() {
  const call = exported.value;
  if (call === null) return null;
  const as = (format: string) => `${call}${call.includes('?') ? '&' : '?'}format=${format}`;
  return (
    <Popover
      title="Export"
      button={
        <>
          <Icon name="export" />
          <span>Export</span>
        </>
      }
    >
      {() => (
        <ul class="menu">
          <li>
            <a href={as('csv')} download>
              CSV
            </a>
          </li>
          <li>
            <a href={as('json')} download>
              JSON
            </a>
          </li>
          <li>
            <a href={call} target="_blank" rel="noreferrer">
              The call of the API
            </a>
          </li>
        </ul>
      )}
    </Popover>
  );
}
