export interface HostAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed JSON, undefined where there is none. Tests look into it freely. */
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** One browser without a screen: keeps cookies, follows no redirect by itself. */
export class HostClient {
  constructor(
    readonly hostUrl: string,
    private readonly cookies = new Map<string, string>(),
  ) {}

  /** The same browser, whose requests go to another instance of the host. */
  at(hostUrl: string): HostClient {
    return new HostClient(hostUrl, this.cookies);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<HostAnswer> {
    return this.send(path, { headers });
  }

  json(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<HostAnswer> {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return this.send(path, { method, headers: { 'content-type': 'application/json', ...headers }, ...content });
  }

  /** With these headers and this body alone. */
  raw(method: string, path: string, headers: Record<string, string>, body?: string): Promise<HostAnswer> {
    return this.send(path, { method, headers, ...(body === undefined ? {} : { body }) });
  }

  form(path: string, fields: Record<string, string>): Promise<HostAnswer> {
    return this.send(path, { method: 'POST', body: new URLSearchParams(fields) });
  }

  /** A form that another site's page posts: a browser sends no SameSite=Lax cookie with it. */
  formFromElsewhere(path: string, fields: Record<string, string>): Promise<HostAnswer> {
    return this.send(path, { method: 'POST', body: new URLSearchParams(fields) }, false);
  }

  async signInAsOwner(slug: string): Promise<this> {
    const answer = await this.json('POST', '/api/login', { email: `owner@${slug}.example`, password: 'demo' });
    if (answer.status >= 300)
      throw new Error(`The owner of ${slug} could not sign in: ${answer.status} ${answer.text}`);
    return this;
  }

  /** Generates a SCIM token as the settings page does. */
  async generateToken(slug: string): Promise<string> {
    const answer = await this.json('POST', `/api/organizations/${slug}/scim/tokens`, { label: 'test' });
    if (answer.status !== 201) throw new Error(`No token for ${slug}: ${answer.status} ${answer.text}`);
    return answer.body.token;
  }

  /**
   * SAML from end to end: AuthnRequest, the demo IdP's signed response, the assertion consumer service, and the page behind it.
   * Other roles' steps between `beginSso` and `finishSso` show what a login in flight meets.
   */
  async signInBySso(slug: string, nameId: string, groups: readonly string[] = []): Promise<HostAnswer> {
    return this.finishSso(slug, await this.beginSso(slug), nameId, groups);
  }

  /** The parameters that the redirect to the IdP carries. */
  async beginSso(slug: string): Promise<URLSearchParams> {
    const redirect = await this.get(`/orgs/${slug}/sso`);
    const location = redirect.headers.get('location');
    if (!location) throw new Error(`GET /orgs/${slug}/sso answered ${redirect.status}: ${redirect.text}`);
    return new URL(location, this.hostUrl).searchParams;
  }

  async finishSso(
    slug: string,
    parameters: URLSearchParams,
    nameId: string,
    groups: readonly string[] = [],
  ): Promise<HostAnswer> {
    const posted = await this.form(`/demo-idp/${slug}/login`, {
      nameId,
      groups: groups.join(','),
      SAMLRequest: parameters.get('SAMLRequest') ?? '',
      RelayState: parameters.get('RelayState') ?? '',
    });
    const fields = {
      SAMLResponse: fieldOf(posted.text, 'SAMLResponse'),
      RelayState: fieldOf(posted.text, 'RelayState'),
    };
    return this.follow(await this.form(`/orgs/${slug}/sso/acs`, fields));
  }

  /** Goes on as a browser does: submits a page's form that submits itself, and follows redirects. */
  async follow(answer: HostAnswer): Promise<HostAnswer> {
    const [, action] = /<form id="auto-submit" method="get" action="([^"]+)"/.exec(answer.text) ?? [];
    if (action !== undefined) {
      const ticket = fieldOf(answer.text, 'ticket');
      return this.follow(await this.get(`${action}?${new URLSearchParams({ ticket }).toString()}`));
    }
    const location = answer.headers.get('location');
    return location ? this.follow(await this.get(new URL(location, this.hostUrl).pathname)) : answer;
  }

  private async send(path: string, init: RequestInit, withCookies = true): Promise<HostAnswer> {
    const kept = withCookies ? [...this.cookies] : [];
    const cookie = kept.map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie === '' ? {} : { cookie }), ...(init.headers as Record<string, string>) };
    const response = await fetch(new URL(path, this.hostUrl), { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.keepCookie(line);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  }

  private keepCookie(line: string): void {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function fieldOf(html: string, name: string): string {
  const [, value] = new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html) ?? [];
  if (value === undefined) throw new Error(`The IdP's form has no field ${name}: ${html.slice(0, 500)}`);
  return value.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&').replaceAll('&#43;', '+');
}
