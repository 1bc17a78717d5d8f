import type { WrittenGuide } from './guide.js';
import { CADENCES } from './idp-cadence.js';
import {
  attributes,
  byExternalId,
  byUserName,
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
  token,
} from './write-guide.js';

export const generic: WrittenGuide = {
  id: 'generic',
  name: 'Another identity provider',
  summary: 'Any identity provider that speaks SCIM 2.0; its console calls things by names of its own.',
  limits: ['The names below are those of the standards (RFC 7643, RFC 7644, SAML 2.0), not those of a console.'],
  sections: [
    connect(
      step(
        'Look for provisioning, SCIM or user management in the settings of the application that does single sign-on for this organization.',
        copy(
          'Base URL',
          ENDPOINT_URL,
          'Also called tenant URL, SCIM endpoint or connector URL. /Users and /Groups are added to it.',
        ),
        token('Bearer token', 'Also called API token, secret token or access token; sent as Authorization: Bearer.'),
      ),
      step('Test the connection, if there is such a button.'),
    ),
    linkKey([
      byExternalId(
        'An id that never changes breaks at no rename.',
        { recommended: true },
        step('Map the unchanging id of the user in your identity provider.', map('unchanging user id', 'externalId')),
        step('Let the SAML assertion send the same id.', map('unchanging user id', 'NameID', 'Format: persistent.')),
      ),
      byUserName(
        `Where no unchanging id can be sent on both sides. ${RENAMES}`,
        { recommended: false },
        step('Map the name that people sign in with.', map('login name', 'userName')),
        step('Let the SAML assertion send the same name. Never a transient NameID.', map('login name', 'NameID')),
      ),
    ]),
    attributes(
      step('userName has to be sent. Names, e-mail addresses and all else of the standard are taken as they come.'),
    ),
    removal(
      step(
        'See to it that people who are removed or deactivated are sent as active = false, or deleted. Without it nobody loses access here.',
        map('whether the user is enabled', 'active'),
      ),
    ),
    groups(
      step('Groups are taken with their members: name, unchanging id and members.', map('group name', 'displayName')),
    ),
    start(step('Assign a few people first, watch them arrive here, then assign the others.')),
  ],
  cadence: {
    ...CADENCES.generic,
    text: 'Identity providers call as soon as something changes, or in rounds of up to a few hours.',
  },
  advice: {
    'connection-tested':
      'Enter the endpoint URL and the token in your identity provider and let it test the connection.',
    'first-user-created': 'Assign somebody to the application in your identity provider.',
    'first-user-linked':
      'Ask a provisioned person to sign in by single sign-on. If they arrive as somebody new, the NameID does not match: see the link check.',
    'deactivation-seen': 'Unassign or deactivate a test person; active = false or a deletion has to arrive.',
    'groups-seen': 'Let your identity provider push a group, if groups are to be used here.',
  },
  sources: [
    { title: 'RFC 7643: SCIM core schema', url: 'https://www.rfc-editor.org/rfc/rfc7643' },
    { title: 'RFC 7644: SCIM protocol', url: 'https://www.rfc-editor.org/rfc/rfc7644' },
  ],
};
