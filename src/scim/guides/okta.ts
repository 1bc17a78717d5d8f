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
  removal,
  RENAMES,
  start,
  step,
  tick,
  token,
  untick,
} from './write-guide.js';

const openSignOn = 'In the application open Sign On, choose Edit, and scroll to Credentials Details.';

export const okta: WrittenGuide = {
  id: 'okta',
  name: 'Okta',
  summary: 'SAML application of the App Integration Wizard with SCIM provisioning.',
  limits: [
    'Okta never deletes a user: who is unassigned or deactivated there is suspended here.',
    'SCIM is offered for applications that sign in by SAML or SWA, not by OpenID Connect.',
  ],
  sections: [
    connect(
      step(
        'In the Admin Console open Applications, the SAML application of this organization, its General tab, and choose Edit beside App Settings.',
        choose('Provisioning', 'SCIM'),
      ),
      step(
        'Save, open the new Provisioning tab, then Integration, and choose Edit.',
        copy('SCIM connector base URL', ENDPOINT_URL),
        copy('Unique identifier field for users', 'userName'),
        tick('Import New Users and Profile Updates'),
        tick('Push New Users'),
        tick('Push Profile Updates'),
        tick('Push Groups', 'Where groups are to come, too.'),
        choose('Authentication Mode', 'HTTP Header'),
        token('Authorization', 'Below HTTP Header. With or without "Bearer" before it.'),
      ),
      step('Choose Test Connector Configuration, then Save.'),
    ),
    linkKey([
      byExternalId(
        'Okta always sends its own user id as externalId, and it never changes. userName is that id then, too: people are known here by it, unless they bring a display name.',
        { recommended: true },
        step(
          openSignOn,
          choose('Application username format', 'Custom'),
          copy('Custom', 'user.getInternalProperty("id")'),
          choose('Update application username on', 'Create and update'),
        ),
        step(
          'Save. In the SAML settings (General tab) the NameID is the application username.',
          choose('Name ID format', 'Persistent'),
          choose('Application username', 'Custom', 'With the same expression.'),
        ),
        step('People who were assigned before keep their old application username until they are assigned again.'),
      ),
      byUserName(
        `What Okta does by default: NameID and userName are both the application username. ${RENAMES}`,
        { recommended: false },
        step(
          openSignOn,
          choose('Application username format', 'Okta username'),
          choose('Update application username on', 'Create and update'),
        ),
        step(
          'Save. Change it for nobody alone: who is given another username at their assignment has another NameID, too.',
        ),
      ),
    ]),
    attributes(
      step(
        'Under Provisioning, To App, choose Edit.',
        tick('Create Users'),
        tick('Update User Attributes'),
        untick('Sync Password', 'Passwords that are sent are thrown away.'),
      ),
    ),
    removal(
      step(
        'Under Provisioning, To App, choose Edit. Without it nobody loses access here; active is sent by itself.',
        tick('Deactivate Users'),
      ),
    ),
    groups(
      step(
        'On the Push Groups tab choose Push Groups and find the groups by name or by rule. Assigning a group pushes people, not the group.',
      ),
    ),
    start(step('On the Assignments tab assign people or groups.')),
  ],
  cadence: {
    ...CADENCES.okta,
    text: 'Okta sends each assignment and change at once; there is no round to wait for.',
  },
  advice: {
    'connection-tested':
      'Open Provisioning, Integration in Okta, paste SCIM connector base URL and token, and choose Test Connector Configuration.',
    'first-user-created': 'Tick Create Users under Provisioning, To App, and assign somebody on the Assignments tab.',
    'first-user-linked':
      'Ask a provisioned person to sign in by single sign-on. If they arrive as somebody new, the application username is not what SCIM sends: see the link check.',
    'deactivation-seen': 'Tick Deactivate Users under Provisioning, To App, and unassign a test person.',
    'groups-seen': 'Tick Push Groups under Provisioning, Integration, and push a group on the Push Groups tab.',
  },
  sources: [
    {
      title: 'Connect your SCIM API service to Okta',
      url: 'https://developer.okta.com/docs/guides/scim-provisioning-integration-connect/main/',
    },
    {
      title: 'Add SCIM provisioning to app integrations',
      url: 'https://help.okta.com/en-us/Content/Topics/Apps/Apps_App_Integration_Wizard_SCIM.htm',
    },
    {
      title: 'SCIM 2.0 protocol reference',
      url: 'https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20',
    },
  ],
};
