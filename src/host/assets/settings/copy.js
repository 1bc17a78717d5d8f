import { byId, el } from './dom.js';
import { say } from './feedback.js';

/** Copying, which works without HTTPS or permission too: then the older way does it, on what is selected. */

async function copy(text, select) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    select();
    return document.execCommand('copy');
  }
}

const told = (what, done) =>
  say(done ? `${what} copied.` : `${what} could not be copied. It is selected: copy it by hand.`);

/** The buttons beside fields: `data-copy` is the field's id, the button says "Copy …". */
export function copyFields() {
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.addEventListener('click', async () => {
      const field = byId(button.dataset.copy);
      const what = button.textContent.replace(/^Copy (.)/, (_, first) => first.toUpperCase());
      told(what, await copy(field.value, () => field.select()));
    });
  }
}

/** A value with a button that copies it. `what` is what it is called. */
export function copyable(value, what) {
  const shown = el('code', { class: 'value' }, value);
  const select = () => getSelection().selectAllChildren(shown);
  const button = el('button', {
    type: 'button',
    class: 'quiet small',
    'aria-label': `Copy ${what}`,
    onclick: async () => told(what, await copy(value, select)),
  });
  button.textContent = 'Copy';
  return el('span', { class: 'copyable' }, shown, ' ', button);
}
