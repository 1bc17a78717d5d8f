import { signInAgain } from './api.js';
import { byId, el, put } from './dom.js';

/** Telling what became of something, to eyes and ears. */

const SECONDS_TO_READ = 8;
let clearing;

/** In the open dialog, if there is one: the rest of the page is out of reach then. */
export function say(...children) {
  const open = [...document.querySelectorAll('dialog[open] .status')].at(-1);
  const region = open ?? byId('status');
  put(region, ...children);
  clearTimeout(clearing);
  clearing = setTimeout(() => put(region), SECONDS_TO_READ * 1000);
}

/**
 * Does what a control is for. It cannot be pressed twice meanwhile, and a failure is read out where it stands.
 * @param place an element of role alert, or its id
 */
export async function attempt(place, work, control) {
  if (control?.getAttribute('aria-disabled') === 'true') return;
  const region = typeof place === 'string' ? byId(place) : place;
  put(region);
  control?.setAttribute('aria-disabled', 'true');
  try {
    await work();
  } catch (failure) {
    put(region, failure.message, failure.status === 401 && [' ', el('a', { href: signInAgain() }, 'Sign in again')]);
  } finally {
    control?.removeAttribute('aria-disabled');
  }
}

/** A form's work when it is sent, once at a time. */
export function onSubmit(form, place, work) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const control = event.submitter ?? form.querySelector('[type=submit]');
    void attempt(place, () => work(form), control);
  });
}
