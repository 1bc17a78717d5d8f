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
  tick,
  token,
  untick,
} from './write-guide.js';

const TEMPLATE = JSON.stringify(
  {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: '{$parameters.scimusername}',
    externalId: '{$user.id}',
    displayName: '{$user.display_name}',
    name: { givenName: '{$user.firstname}', familyName: '{$user.lastname}' },
    emails: [{ value: '{$user.email}', type: 'work', primary: true }],
  },
  null,
  2,
);

const openParameters = 'On the Parameters tab set the two values of the connector.';

export const onelogin: WrittenGuide = {
  id: 'onelogin',
  name: 'OneLogin',
  summary: 'Connector "SCIM Provisioner with SAML (SCIM v2 Core)".',
  limits: [
    'OneLogin does not document how active gets into what it sends; suspensions were seen to arrive as active = false without it in the template.',
    'Provisioning belongs to the connectors named "SCIM Provisioner with SAML"; a plain SAML connector has none, so single sign-on has to move to such a connector, too.',
    'OneLogin does not document that its own user id can be chosen as NameID: see whether the list offers it before you pick that way.',
  ],
  sections: [
    connect(
      step(
        'In the OneLogin administration open Applications, Add App, look for "SCIM Provisioner with SAML (SCIM v2 Core)", add it, and set up single sign-on of this organization in it.',
      ),
      step(
        'Open its Configuration tab.',
        copy('SCIM Base URL', ENDPOINT_URL),
        token('SCIM Bearer Token'),
        copy('SCIM JSON Template', TEMPLATE, 'What is sent of each user.'),
      ),
      step('Choose Enable under API Connection, then Save.'),
    ),
    linkKey([
      byUserName(
        `Both values stand on one page and are documented. ${RENAMES}`,
        { recommended: true },
        step(
          openParameters,
          choose('SCIM Username', 'Email', 'Sent as userName.'),
          choose(
            'SAML NameID (Subject)',
            'Email',
            'Called "NameID value" in some connectors. The same entry as above.',
          ),
        ),
      ),
      byExternalId(
        'The number of the user in OneLogin never changes; but see above: whether the NameID can be that number is not documented.',
        { recommended: false },
        step('Leave externalId in the SCIM JSON Template as it is above.', map('{$user.id}', 'externalId')),
        step(
          'On the Parameters tab choose the same number as NameID, if it is offered.',
          choose('SAML NameID (Subject)', 'the id of the user'),
        ),
      ),
    ]),
    attributes(step('Add what you want to see here to the SCIM JSON Template, or take it out; userName has to stay.')),
    removal(
      step(
        'On the Provisioning tab decide what a removal is; Suspend can be undone, Delete cannot. Do Nothing leaves everybody in.',
        choose(
          "When users are deleted in OneLogin, or the user's app access is removed, perform the below action",
          'Suspend',
        ),
        choose('When user accounts are suspended in OneLogin, perform the following action', 'Suspend'),
      ),
      step(
        'Do not put a fixed active into the SCIM JSON Template: a suspension arrives as active = false, and that is what takes access away.',
        map('set by OneLogin', 'active'),
      ),
    ),
    groups(
      step(
        'On the Parameters tab open Groups and include it in user provisioning; under Provisioning choose Refresh beside Entitlements, and set the groups by a rule on the Rules tab.',
        tick('Include in User Provisioning'),
      ),
    ),
    start(
      step('On the Provisioning tab switch it on.', tick('Enable provisioning')),
      step(
        'Below, what is ticked waits for an administrator each time.',
        untick('Create user'),
        untick('Delete user'),
        untick('Update user'),
      ),
      step('Give people a role that has the application (Access tab).'),
    ),
  ],
  cadence: {
    ...CADENCES.onelogin,
    text: 'OneLogin sends each change at once, or as soon as an administrator approves it.',
  },
  advice: {
    'connection-tested':
      'Enter SCIM Base URL and SCIM Bearer Token on the Configuration tab and choose Enable under API Connection.',
    'first-user-created':
      'Tick Enable provisioning and give somebody a role with the application. If nothing comes, look for tasks that wait for approval under Users of the application.',
    'first-user-linked':
      'Ask a provisioned person to sign in by single sign-on. If they arrive as somebody new, SAML NameID (Subject) and SCIM Username differ: see the link check.',
    'deactivation-seen': 'Choose Suspend or Delete on the Provisioning tab and take the role from a test person.',
    'groups-seen':
      'Tick Include in User Provisioning for Groups on the Parameters tab, refresh the entitlements, and add a rule.',
  },
  sources: [
    { title: 'Implement a SCIM API', url: 'https://developers.onelogin.com/scim/implement-scim-api' },
    {
      title: 'SCIM Provisioner with SAML, field by field (Living Security)',
      url: 'https://www.livingsecurity.com/migration/support/configuring-scim-for-onelogin',
    },
    { title: 'Test your SCIM implementation', url: 'https://developers.onelogin.com/scim/test-your-scim' },
  ],
};
