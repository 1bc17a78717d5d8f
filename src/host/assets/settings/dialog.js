import { el, put } from './dom.js';

/** Questions, and things that are looked at for themselves. Both are real dialogs: the browser keeps the focus in them. */

let count = 0;

/**
 * Asks before something is done.
 * @param question { title, text: children, confirm: what the button says, danger?: boolean, fields?: children }
 * @returns the form's data; undefined where the answer is no
 */
export function ask({ title, text, confirm, danger = false, fields = [] }) {
  const id = `dialog-${(count += 1)}`;
  // Not the form's first submit button, which is what Enter in a field would press.
  const cancel = () => dialog.close('no');
  const no = el('button', { type: 'button', class: 'quiet', autofocus: danger, onclick: cancel }, 'Cancel');
  const yes = el('button', { value: 'yes', class: danger ? 'danger' : 'primary' }, confirm);
  const form = el(
    'form',
    { method: 'dialog' },
    el('h2', { id: `${id}-title` }, title),
    el('div', { id: `${id}-text` }, text),
    fields,
    el('div', { class: 'row end' }, no, yes),
  );
  const dialog = el(
    'dialog',
    { class: 'question', 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-text` },
    form,
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes' ? new FormData(form) : undefined);
    });
  });
}

/**
 * Shows one thing beside the page. What fills it comes later.
 * @returns { rename(title), fill(...children), focus(), alert, close(), onclose(work) }
 */
export function drawer(title) {
  const id = `dialog-${(count += 1)}`;
  const heading = el('h2', { id, tabindex: -1, autofocus: true }, title);
  const body = el('div', { class: 'drawer-body', 'aria-busy': 'true' }, el('p', { class: 'muted' }, 'Loading…'));
  const alert = el('p', { role: 'alert', class: 'error' });
  const close = el('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Close');
  const dialog = el(
    'dialog',
    { class: 'drawer', 'aria-labelledby': id },
    el('div', { class: 'drawer-in' }, el('div', { class: 'drawer-head' }, heading, close), alert, body),
    el('p', { role: 'status', class: 'status' }),
  );
  dialog.addEventListener('close', () => dialog.remove());
  // The dark part beside it is the dialog itself; what is in it has elements of its own.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return {
    alert,
    rename: (name) => put(heading, name),
    fill: (...children) => {
      body.removeAttribute('aria-busy');
      put(body, ...children);
    },
    focus: () => heading.focus(),
    close: () => dialog.close(),
    onclose: (work) => dialog.addEventListener('close', work),
  };
}
