/** Signs in and goes where the visitor wanted to go, if that is on this site. */
const form = document.getElementById('login');
const error = document.getElementById('login-error');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  error.textContent = '';
  logIn(Object.fromEntries(new FormData(form))).catch((failure) => {
    error.textContent = failure.message;
  });
});

async function logIn({ email, password }) {
  const response = await fetch('/api/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  location.assign(nextUrl() ?? `/orgs/${answer.organization.slug}`);
}

function nextUrl() {
  const next = new URLSearchParams(location.search).get('next');
  if (next === null) return undefined;
  const url = new URL(next, location.origin);
  return url.origin === location.origin ? url.href : undefined;
}
