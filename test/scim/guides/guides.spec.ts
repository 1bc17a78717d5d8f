import { CADENCES } from '../../../src/scim/guides/idp-cadence.js';
import { CHECKLIST_ITEMS, GUIDE_IDS, type GuideField, type SetupGuide } from '../../../src/scim/guides/guide.js';
import { allGuides, fillGuide, findGuide, guideOf, linkKeysOf } from '../../../src/scim/guides/guides.js';

const ENDPOINT = 'https://app.example.com/scim/v2';

const filled = (id: string): SetupGuide => fillGuide(findGuide(id)!, { endpointUrl: ENDPOINT });

const stepsOf = ({ sections }: SetupGuide) =>
  sections.flatMap(({ steps, choices }) => [...steps, ...choices.flatMap((choice) => choice.steps)]);

const fieldsOf = (guide: SetupGuide): readonly GuideField[] => stepsOf(guide).flatMap(({ fields }) => fields);

const sectionOf = (guide: SetupGuide, id: string) => guide.sections.find((section) => section.id === id)!;

describe.each(GUIDE_IDS)('the guide for %s', (id) => {
  const guide = filled(id);

  it('says where the endpoint URL goes, and which it is', () => {
    const urls = fieldsOf(guide).filter(({ value }) => value === ENDPOINT);
    expect(urls).toMatchObject([{ kind: 'copy', label: expect.stringMatching(/URL/) }]);
    expect(sectionOf(guide, 'connect').steps.flatMap(({ fields }) => fields)).toContain(urls[0]);
    expect(JSON.stringify(guide)).not.toMatch(/[{]endpointUrl[}]/);
  });

  it('says where the token goes, once, and holds none', () => {
    const tokens = fieldsOf(guide).filter(({ kind }) => kind === 'token');
    expect(tokens).toMatchObject([{ label: expect.any(String), value: null }]);
    expect(sectionOf(guide, 'connect').steps.flatMap(({ fields }) => fields)).toContain(tokens[0]);
  });

  it('recommends one way to make NameID and SCIM agree', () => {
    const choices = linkKeysOf(guide);
    expect(choices.filter(({ recommended }) => recommended)).toEqual([choices[0]]);
    expect(new Set(choices.map((choice) => choice.id)).size).toBe(choices.length);
    expect(choices.map((choice) => choice.id)).toContain('userName');
    for (const { title, why, steps } of choices) {
      expect(title).not.toBe('');
      expect(why).not.toBe('');
      expect(steps.flatMap(({ fields }) => fields).length).toBeGreaterThan(0);
    }
  });

  it('says what takes access away', () => {
    const { steps } = sectionOf(guide, 'removal');
    expect(JSON.stringify(steps)).toMatch(/\bactive\b/);
  });

  it('has its sections in the order of the work, and a sentence in each step', () => {
    const order = ['connect', 'link-key', 'attributes', 'removal', 'groups', 'start'];
    const places = guide.sections.map((section) => order.indexOf(section.id));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(new Set(places).size).toBe(places.length);
    for (const { text, fields } of stepsOf(guide)) {
      expect(text).toMatch(/[.:]$/);
      for (const field of fields) {
        expect(field.label.trim()).toBe(field.label);
        expect(field.value === null).toBe(['token', 'tick', 'untick'].includes(field.kind));
      }
    }
    expect(guide.sections.filter(({ choices }) => choices.length > 0).map((section) => section.id)).toEqual([
      'link-key',
    ]);
  });

  it('names its rhythm and its sources', () => {
    const { text, ...cadence } = guide.cadence;
    expect(text).not.toBe('');
    // PingOne documents its own; its traffic does not tell it from PingFederate, which documents none.
    expect(cadence).toEqual(id === 'ping' ? { type: 'on-change' } : CADENCES[id]);
    for (const { title, url } of guide.sources) {
      expect(title).not.toBe('');
      expect(url).toMatch(/^https:\/\/\S+$/);
    }
    expect(guide.sources.length).toBeGreaterThan(0);
  });

  it('says of each milestone what to do, and keeps that out of the guide', () => {
    expect(Object.keys(findGuide(id)!.advice).toSorted()).toEqual([...CHECKLIST_ITEMS].toSorted());
    expect(guide).not.toHaveProperty('advice');
  });

  it('is text that JSON carries unchanged', () => {
    expect(JSON.parse(JSON.stringify(guide))).toEqual(guide);
  });
});

describe('the guides', () => {
  it('are as many as there are names, each under its own', () => {
    expect(allGuides.map(({ id }) => id)).toEqual(GUIDE_IDS);
    expect(findGuide('Entra')).toBeUndefined();
    expect(findGuide('constructor')).toBeUndefined();
  });

  it.each([
    ['entra', 'entra'],
    ['okta', 'okta'],
    ['ping', 'ping'],
    ['rippling', 'generic'],
    ['keycloak', 'generic'],
    ['generic', 'generic'],
    [null, 'generic'],
  ] as const)('of %s: that of %s', (idp, id) => {
    expect(guideOf(idp).id).toBe(id);
  });

  it.each([
    // seed-system.md: what is documented to work.
    [
      'entra',
      'externalId',
      [
        'objectId → externalId',
        'userPrincipalName → userName',
        'Source attribute: user.objectid',
        'Choose name identifier format: Persistent',
      ],
    ],
    ['entra', 'userName', ['userPrincipalName → userName', 'Source attribute: user.userprincipalname']],
    ['okta', 'externalId', ['Application username format: Custom', 'Custom: user.getInternalProperty("id")']],
    ['okta', 'userName', ['Application username format: Okta username']],
    [
      'google',
      'userName',
      ['Name ID: Basic Information > Primary email', 'Basic Information > Primary email → userName'],
    ],
    ['onelogin', 'userName', ['SCIM Username: Email', 'SAML NameID (Subject): Email']],
    ['onelogin', 'externalId', ['{$user.id} → externalId']],
    ['jumpcloud', 'userName', ['SAMLSubject NameID: username', 'username → userName']],
    ['ping', 'externalId', ['User ID → externalId', 'saml_subject: User ID']],
    ['ping', 'userName', ['Username → userName', 'saml_subject: Username']],
    ['generic', 'externalId', ['unchanging user id → externalId', 'unchanging user id → NameID']],
    ['generic', 'userName', ['login name → userName', 'login name → NameID']],
  ] as const)('%s: NameID = %s sets both sides', (id, key, expected) => {
    const choice = linkKeysOf(filled(id)).find((each) => each.id === key)!;
    const settings = choice.steps
      .flatMap(({ fields }) => fields)
      .map(({ kind, label, value }) => (kind === 'map' ? `${label} → ${value}` : `${label}: ${value}`));
    expect(settings).toEqual(expect.arrayContaining([...expected]));
  });

  it.each([
    ['google', /catalogue/],
    ['google', /Groups are not sent/],
    ['okta', /never deletes/],
    ['jumpcloud', /does not document what it sends as externalId/],
    ['onelogin', /does not document/],
  ])('%s says plainly what does not work or is not documented', (id, limit) => {
    expect(filled(id).limits).toContainEqual(expect.stringMatching(limit));
  });

  it.each([
    ['okta', 'tick', 'Deactivate Users', null],
    ['entra', 'map', 'Switch([IsSoftDeleted], , "False", "True", "True", "False")', 'active'],
    [
      'onelogin',
      'choose',
      "When users are deleted in OneLogin, or the user's app access is removed, perform the below action",
      'Suspend',
    ],
    ['ping', 'choose', 'Remove action', 'Disable'],
  ])('%s keeps what takes access away: %s %s', (id, kind, label, value) => {
    expect(sectionOf(filled(id), 'removal').steps.flatMap(({ fields }) => fields)).toContainEqual(
      expect.objectContaining({ kind, label, value }),
    );
  });
});
