/** The moving parts of the SAML SSO settings page. Text from the server goes in as text, never as HTML. */
const slug = document.getElementById('settings').dataset.slug;
const byId = (id) => document.getElementById(id);

async function api(method, path, body) {
  const response = await fetch(`/api/organizations/${slug}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (response.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
  if (response.status === 204) return undefined;
  const answer = await response.json();
  if (!response.ok) throw new Error([answer.message].flat().join('; '));
  return answer;
}

/** Runs what a button does; its failure is read out where the button is. */
function attempt(errorId, work) {
  byId(errorId).textContent = '';
  work().catch((failure) => {
    byId(errorId).textContent = failure.message;
  });
}

const say = (text) => (byId('status').textContent = text);

const date = (value) => (value ? new Date(value).toLocaleString() : '–');

// The overview

async function showOverview() {
  const [{ endpointUrl, entitlement, counts, lastActivityAt }, { seats }] = await Promise.all([
    api('GET', '/scim'),
    api('GET', ''),
  ]);
  byId('endpoint-url').value = endpointUrl;
  byId('seats').textContent = `${seats.used} of ${seats.limit}`;
  byId('generate').disabled = !entitlement.allowed;
  byId('scim-missing').hidden = entitlement.allowed;
  byId('scim-missing').textContent = entitlement.allowed ? '' : `${entitlement.detail} ${adviceFor(entitlement)}`;
  byId('counts').textContent =
    `${counts.provisioned} provisioned, ${counts.active} active, ${counts.suspended} suspended` +
    (lastActivityAt ? `; last activity ${date(lastActivityAt)}` : '; no activity yet');
}

function adviceFor({ missing }) {
  const advice = {
    plan: 'Upgrade this organization to the Enterprise plan.',
    saml: 'Fill in the single sign-on settings above, switch them on and save them.',
  };
  return missing.map((one) => advice[one] ?? '').join(' ');
}

// Tokens

async function showTokens() {
  const { tokens } = await api('GET', '/scim/tokens');
  const rows = tokens.map((token) => [
    token.label ?? '–',
    code(token.hint),
    date(token.createdAt),
    date(token.expiresAt),
    [date(token.lastUsedAt), token.lastUsedClient].filter(Boolean).join(' by '),
    badge(token.state),
    ['live', 'retiring'].includes(token.state) ? revokeButton(token) : '–',
  ]);
  fill('tokens', rows, 'No tokens yet.');
}

function revokeButton({ id, label, hint }) {
  const name = label ?? hint;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet danger';
  button.textContent = 'Revoke';
  button.setAttribute('aria-label', `Revoke ${name}`);
  button.addEventListener('click', () => {
    byId('revoke-name').textContent = name;
    const dialog = byId('revoke-dialog');
    dialog.returnValue = 'keep';
    dialog.addEventListener('close', () => dialog.returnValue === 'revoke' && revoke(id, name), { once: true });
    dialog.showModal();
  });
  return button;
}

const revoke = (id, name) =>
  attempt('token-error', async () => {
    await api('DELETE', `/scim/tokens/${id}`);
    if (byId('new-token').dataset.id === id) byId('new-token').hidden = true;
    await showTokens();
    // The button that had the focus is gone.
    byId('generate').focus();
    say(`The token ${name} was revoked.`);
  });

byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  attempt('token-error', async () => {
    const { label, expiresInDays } = Object.fromEntries(new FormData(form));
    const body = { expiresInDays: Number(expiresInDays), ...(label.trim() === '' ? {} : { label: label.trim() }) };
    const { id, token } = await api('POST', '/scim/tokens', body);
    byId('token').value = token;
    byId('new-token').dataset.id = id;
    byId('new-token').hidden = false;
    byId('new-token').focus();
    form.reset();
    await showTokens();
  });
});

// People

let nextCursor;

async function showPeople(cursor) {
  const filter = Object.fromEntries([...new FormData(byId('people-form'))].filter(([, value]) => value !== ''));
  const query = new URLSearchParams({ ...filter, ...(cursor ? { cursor } : {}) });
  const page = await api('GET', `/scim/identities?${query}`);
  const rows = page.identities.map((one) => [
    one.displayName ?? '–',
    one.userName,
    one.externalId === null ? '–' : code(one.externalId),
    badge(one.state),
    date(one.createdAt),
  ]);
  fill('people', rows, 'Nobody yet.', cursor !== undefined);
  nextCursor = page.nextCursor;
  byId('more').hidden = nextCursor === undefined;
}

byId('people-form').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt('token-error', () => showPeople());
});
byId('more').addEventListener('click', () => {
  attempt('token-error', () => showPeople(nextCursor));
});

// SAML

byId('saml-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const { signOnUrl, issuer, certificate, enabled, allowJit } = event.currentTarget.elements;
  attempt('saml-error', async () => {
    await api('PUT', '/saml', {
      signOnUrl: signOnUrl.value,
      issuer: issuer.value,
      certificate: certificate.value,
      enabled: enabled.checked,
      allowJit: allowJit.checked,
    });
    await showOverview();
    say('The SAML settings are saved.');
  });
});

// Copying

for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', () => {
    const field = byId(button.dataset.copy);
    field.select();
    const copied = () => say(`${button.textContent.replace(/^Copy (.)/, (_, first) => first.toUpperCase())} copied.`);
    // Without HTTPS or permission the older way does it, on what is selected.
    if (!navigator.clipboard) return void (document.execCommand('copy') && copied());
    navigator.clipboard.writeText(field.value).then(copied, () => document.execCommand('copy') && copied());
  });
}

// Tables

/** Cells are texts or elements; the first one names the row. */
function fill(id, rows, emptyText, keep = false) {
  const body = byId(id);
  if (!keep) body.replaceChildren();
  for (const cells of rows) {
    const row = body.insertRow();
    const [name, ...rest] = cells;
    const header = document.createElement('th');
    header.scope = 'row';
    header.append(name);
    row.append(header);
    for (const cell of rest) row.insertCell().append(cell);
  }
  if (body.rows.length > 0) return;
  const cell = body.insertRow().insertCell();
  cell.colSpan = body.parentElement.tHead.rows[0].cells.length;
  cell.className = 'muted';
  cell.textContent = emptyText;
}

function badge(state) {
  const element = document.createElement('span');
  element.className = `badge ${state}`;
  element.textContent = state;
  return element;
}

function code(text) {
  const element = document.createElement('code');
  element.textContent = text;
  return element;
}

attempt('token-error', () => Promise.all([showOverview(), showTokens(), showPeople()]));
