/** The button in the header of every page. */
document.querySelector('[data-sign-out]').addEventListener('click', async () => {
  await fetch('/api/logout', { method: 'POST' });
  location.assign('/login');
});
