/** The button in the header of every page. */
document.querySelector('[data-sign-out]').addEventListener('click', () => {
  const leave = () => location.assign('/login');
  fetch('/api/logout', { method: 'POST' }).then(leave, leave);
});
