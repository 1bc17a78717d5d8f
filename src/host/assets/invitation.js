/** Accepts the invitation whose token stands after the # of the address. */
const form = document.getElementById('invitation');
const error = document.getElementById('invitation-error');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  error.textContent = '';
  accept(new FormData(form)).catch((failure) => {
    error.textContent = failure.message;
  });
});

async function accept(fields) {
  const filled = [...fields].filter(([, value]) => value !== '');
  const response = await fetch('/api/invitations/accept', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: location.hash.slice(1), ...Object.fromEntries(filled) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  location.assign(`/orgs/${answer.organization.slug}`);
}
