import type { Profile } from '@node-saml/node-saml';
import { readSamlLogin } from '../../../src/host/sso/read-saml-login.js';

const EXPECTED = { issuer: 'https://idp.example', callbackUrl: 'https://app.example/acs' };
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

const NAME_ID: unknown = { _: ' Ada ' };

function aProfile(attributes: Record<string, unknown>, method = BEARER, nameIds: unknown[] = [NAME_ID]): Profile {
  const data = { $: { Recipient: EXPECTED.callbackUrl, InResponseTo: '_1', NotOnOrAfter: '2026-01-01T00:05:00Z' } };
  const confirmation = { $: { Method: method }, SubjectConfirmationData: [data] };
  const getAssertion = () => ({
    Assertion: { $: { ID: '_a' }, Subject: [{ NameID: nameIds, SubjectConfirmation: [confirmation] }] },
  });
  return { issuer: EXPECTED.issuer, nameID: ' Ada ', nameIDFormat: '', attributes, getAssertion };
}

describe('readSamlLogin', () => {
  it.each([
    [{}, []],
    [{ groups: 'one' }, ['one']],
    [{ groups: ['one', 'two'] }, ['one', 'two']],
    [{ 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': ['one'] }, ['one']],
    [{ groups: [{ nested: 'x' }, 'two'] }, ['two']],
    [{ 'http://schemas.microsoft.com/claims/groups.link': 'https://graph.microsoft.com/…' }, undefined],
  ])('reads the groups of %j', (attributes, groups) => {
    expect(readSamlLogin(aProfile(attributes), EXPECTED).groups).toEqual(groups);
  });

  it('takes the NameID as it was signed', () => {
    expect(readSamlLogin(aProfile({}), EXPECTED)).toEqual({
      nameId: ' Ada ',
      requestId: '_1',
      assertionId: '_a',
      notOnOrAfter: '2026-01-01T00:05:00.000Z',
      groups: [],
    });
  });

  it.each<[string, unknown[]]>([
    ['no NameID', []],
    ['two NameIDs', [NAME_ID, NAME_ID]],
    ['a NameID that holds an element', [{ _: 'Ada', b: ['x'] }]],
    ['a NameID of an element alone', [{ b: [{ _: 'Ada' }] }]],
    ['a NameID without text', [{ $: { Format: 'x' } }]],
    ['a NameID that is no element', ['Ada']],
    ['a NameID with a NUL', [{ _: 'A\0da' }]],
    ['a NameID with half a character', [{ _: 'A\ud800da' }]],
  ])('refuses %s', (_name, nameIds) => {
    expect(() => readSamlLogin(aProfile({}, BEARER, nameIds), EXPECTED)).toThrow('NameID');
  });

  it('drops groups that no mapping can name', () => {
    expect(readSamlLogin(aProfile({ groups: ['a\0', 'b'] }), EXPECTED).groups).toEqual(['b']);
  });

  it('accepts a bearer assertion only', () => {
    const holderOfKey = 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key';
    expect(() => readSamlLogin(aProfile({}, holderOfKey), EXPECTED)).toThrow('not for this address');
  });
});
