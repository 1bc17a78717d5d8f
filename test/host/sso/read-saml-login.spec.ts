import type { Profile } from '@node-saml/node-saml';
import { readSamlLogin } from '../../../src/host/sso/read-saml-login.js';

const EXPECTED = { issuer: 'https://idp.example', callbackUrl: 'https://app.example/acs' };
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

function aProfile(attributes: Record<string, unknown>, method = BEARER): Profile {
  const data = { $: { Recipient: EXPECTED.callbackUrl, InResponseTo: '_1' } };
  const confirmation = { $: { Method: method }, SubjectConfirmationData: [data] };
  const getAssertion = () => ({ Assertion: { Subject: [{ SubjectConfirmation: [confirmation] }] } });
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
    expect(readSamlLogin(aProfile({}), EXPECTED)).toEqual({ nameId: ' Ada ', requestId: '_1', groups: [] });
  });

  it('accepts a bearer assertion only', () => {
    const holderOfKey = 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key';
    expect(() => readSamlLogin(aProfile({}, holderOfKey), EXPECTED)).toThrow('not for this address');
  });
});
