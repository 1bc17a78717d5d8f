import type { WrittenGuide } from './guide.js';
import { CADENCES } from './idp-cadence.js';
import {
  attributes,
  byExternalId,
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
  token,
} from './write-guide.js';

const openNameId = step(
  'In the same application open Single sign-on, choose Edit beside Attributes & Claims, and open the claim Unique User Identifier (Name ID).',
);
const openMappings = 'Under Provisioning, Mappings, open Provision Microsoft Entra ID Users.';
const MATCH_FIRST = 'Match objects using this attribute: Yes. Matching precedence: 1.';

export const entra: WrittenGuide = {
  id: 'entra',
  name: 'Microsoft Entra ID',
  summary: 'Enterprise application with automatic provisioning; formerly Azure Active Directory.',
  limits: [
    'Users who are disabled in Entra ID are not created at all, and nested groups are not provisioned.',
    'After a user was only unassigned from the application, Entra ID never sends a deletion for them: they stay here as suspended.',
  ],
  sections: [
    connect(
      step(
        'In the Microsoft Entra admin center open Enterprise applications and the application that does single sign-on for this organization, then Provisioning.',
        choose('Provisioning Mode', 'Automatic'),
      ),
      step(
        'Fill in the Admin Credentials.',
        copy('Tenant URL', ENDPOINT_URL),
        token('Secret Token', 'Left blank, Entra ID sends a token of its own, which is refused here.'),
      ),
      step('Choose Test Connection; it looks for a user who does not exist. Then Save.'),
    ),
    linkKey([
      byExternalId(
        'The object id never changes, whatever a person is called: renames and new e-mail addresses break nothing.',
        { recommended: true },
        openNameId,
        step(
          'Set the claim, then Save.',
          choose('Choose name identifier format', 'Persistent'),
          choose('Source attribute', 'user.objectid'),
        ),
        step(
          `${openMappings} Edit the row whose target is externalId: its source is mailNickname by default, which equals no NameID.`,
          map('objectId', 'externalId', MATCH_FIRST),
          map(
            'userPrincipalName',
            'userName',
            'Matching precedence: 2, which finds people who were provisioned before.',
          ),
        ),
        step('Save. Where provisioning ran before, choose Restart provisioning, so that everybody is sent again.'),
      ),
      byUserName(
        `What Entra ID does by default. ${RENAMES}`,
        { recommended: false },
        openNameId,
        step('Set the claim, then Save.', choose('Source attribute', 'user.userprincipalname')),
        step(openMappings, map('userPrincipalName', 'userName', MATCH_FIRST)),
        step('Save. Where provisioning ran before, choose Restart provisioning, so that everybody is sent again.'),
      ),
    ]),
    attributes(
      step(
        'In the same mappings keep what you want to see here, or delete it: names, e-mail address, title, department, manager are taken as they come.',
        map('displayName', 'displayName'),
        map('mail', 'emails[type eq "work"].value'),
      ),
    ),
    removal(
      step(
        'Keep this row. Without it nobody loses access when they are unassigned or disabled, until they are deleted for good, 30 days later.',
        map('Switch([IsSoftDeleted], , "False", "True", "True", "False")', 'active'),
      ),
    ),
    groups(
      step(
        'Under Mappings open Provision Microsoft Entra ID Groups: switched on, assigned groups arrive with their members; switched off, none does.',
        map('displayName', 'displayName', 'Matching precedence: 1. Names must be unique.'),
        map('objectId', 'externalId'),
        map('members', 'members'),
      ),
    ),
    start(
      step('Under Settings decide who is provisioned.', choose('Scope', 'Sync only assigned users and groups')),
      step('Assign people and groups under Users and groups.'),
      step('Switch it on and Save, or choose Start provisioning.', choose('Provisioning Status', 'On')),
      step('To see one person at once, use Provision on demand.'),
    ),
  ],
  cadence: {
    ...CADENCES.entra,
    text: 'Entra ID works in rounds, about every 40 minutes; the first one takes longer. Provision on demand sends one person at once.',
  },
  advice: {
    'connection-tested':
      'Open Provisioning in Entra ID, paste Tenant URL and Secret Token, and choose Test Connection.',
    'first-user-created':
      'Assign somebody under Users and groups and set Provisioning Status to On. The next round comes within 40 minutes; Provision on demand sends one person at once.',
    'first-user-linked':
      'Ask a provisioned person to sign in by single sign-on. If they arrive as somebody new, the NameID does not match: see the link check.',
    'deactivation-seen':
      'Keep the mapping to active, then remove a test person from Users and groups and wait for the next round.',
    'groups-seen': 'Assign a group under Users and groups and switch Provision Microsoft Entra ID Groups on.',
  },
  sources: [
    {
      title: 'Develop and plan provisioning for a SCIM endpoint',
      url: 'https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups',
    },
    {
      title: 'Customize SAML token claims',
      url: 'https://learn.microsoft.com/entra/identity-platform/saml-claims-customization',
    },
    {
      title: 'Customize user provisioning attribute mappings',
      url: 'https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes',
    },
    {
      title: 'How application provisioning works',
      url: 'https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works',
    },
  ],
};
