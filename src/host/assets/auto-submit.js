/** Sends a form on its way that only carries something on; the button is for browsers without scripts. */
document.getElementById('auto-submit').submit();
