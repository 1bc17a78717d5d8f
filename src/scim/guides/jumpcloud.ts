import type { WrittenGuide } from './guide.js';
import { CADENCES } from './idp-cadence.js';
import {
  attributes,
  byUserName,
  choose,
  connect,
  copy,
  ENDPOINT_URL,
  groups,
  linkKey,
  map,
  removal,
  RENAMES,
  start,
  step,
  tick,
  token,
} from './write-guide.js';

export const jumpcloud: WrittenGuide = {
  id: 'jumpcloud',
  name: 'JumpCloud',
  summary: 'Identity Management of a custom SAML application.',
  limits: [
    'JumpCloud does not document what it sends as externalId, and its mapping cannot be changed, so the link goes by userName.',
    'Testing the connection really creates a user and a group and deletes both: they appear in the log here, and tick the checklist.',
  ],
  sections: [
    connect(
      step(
        'In the JumpCloud Admin Portal open SSO Applications, the application of this organization, and its Identity Management tab.',
        choose('SCIM Version', 'SCIM 2.0'),
        copy('Base URL', ENDPOINT_URL),
        token('Token Key'),
        copy(
          'Test User Email',
          'scim-test@example.com',
          'Never the address of a real person: the test deletes that user here.',
        ),
      ),
      step('Choose Test Connection, then Activate and Save.'),
    ),
    linkKey([
      byUserName(
        `JumpCloud sends the username as userName. ${RENAMES}`,
        { recommended: true },
        step(
          'Open the SSO tab of the same application.',
          choose('SAMLSubject NameID', 'username'),
          choose('SAMLSubject NameID Format', 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'),
        ),
        step('The other side is fixed.', map('username', 'userName')),
      ),
    ]),
    attributes(
      step(
        'JumpCloud sends these by itself.',
        map('firstname', 'name.givenName'),
        map('lastname', 'name.familyName'),
        map('email', 'emails'),
      ),
    ),
    removal(
      step(
        'Nothing to tick: active is sent by itself when a person is suspended or no longer in a user group of the application.',
        map('set by JumpCloud', 'active'),
      ),
    ),
    groups(
      step(
        'On the Identity Management tab switch it on. Empty groups are not sent.',
        tick('Enable management of User Groups and Group Membership in this application'),
      ),
    ),
    start(step('On the User Groups tab pick the groups whose members are to be provisioned, and Save.')),
  ],
  cadence: {
    ...CADENCES.jumpcloud,
    text: 'JumpCloud sends a change as soon as it happens.',
  },
  advice: {
    'connection-tested':
      'Enter Base URL, Token Key and Test User Email on the Identity Management tab and choose Test Connection.',
    'first-user-created': 'Pick a group on the User Groups tab of the application; its members are sent at once.',
    'first-user-linked':
      'Ask a provisioned person to sign in by single sign-on. If they arrive as somebody new, SAMLSubject NameID is not the username: see the link check.',
    'deactivation-seen': 'Take a test person out of the user groups of the application.',
    'groups-seen':
      'Tick Enable management of User Groups and Group Membership in this application, and put somebody into a group of the application.',
  },
  sources: [
    {
      title: 'Identity Management using a Custom SCIM Integration',
      url: 'https://jumpcloud.com/support/provision-and-manage-users-and-groups-in-apps-using-custom-scim-identity-management-integration',
    },
    {
      title: 'Get Started: SCIM Identity Management',
      url: 'https://jumpcloud.com/support/get-started-identity-management-connectors',
    },
  ],
};
