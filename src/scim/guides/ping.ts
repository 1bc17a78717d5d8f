import type { WrittenGuide } from './guide.js';
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

const RULE = 'Under Integrations, Provisioning, Rules open the rule and its Attribute Mapping.';
const SAML = 'Open the SAML application under Applications and its Attribute Mappings.';

export const ping: WrittenGuide = {
  id: 'ping',
  name: 'PingOne',
  summary: 'Provisioning connection "SCIM Outbound" with a rule.',
  limits: [
    'Only groups that belong to PingOne itself are provisioned.',
    'PingFederate has a SCIM provisioner of its own with other fields: SCIM URL, OAuth 2 Bearer Token, Access Token, Unique User Identifier; it changes people by replacing them.',
  ],
  sections: [
    connect(
      step(
        'In the PingOne admin console open Integrations, Provisioning, add a new connection, pick Identity Store and then SCIM Outbound.',
      ),
      step(
        'Under Configure authentication fill in the fields.',
        copy('SCIM base URL', ENDPOINT_URL),
        copy('Users resource', '/Users'),
        copy('Groups resource', '/Groups'),
        choose('SCIM version', '2.0'),
        choose('Authentication method', 'OAuth 2 Bearer Token'),
        token('OAuth Access Token'),
        choose('Auth Type Header', 'Bearer'),
      ),
      step('Choose Test Connection; a connection that fails is not used.'),
    ),
    linkKey([
      byExternalId(
        'The user id of PingOne never changes, whatever a person is called.',
        { recommended: true },
        step(RULE, map('User ID', 'externalId')),
        step(SAML, choose('saml_subject', 'User ID')),
      ),
      byUserName(
        `The user name on both sides. ${RENAMES}`,
        { recommended: false },
        step(RULE, map('Username', 'userName')),
        step(SAML, choose('saml_subject', 'Username')),
      ),
    ]),
    attributes(
      step(
        'In the same Attribute Mapping keep userName and what else you want to see here.',
        map('Username', 'userName'),
      ),
    ),
    removal(
      step(
        'Under Configure preferences of the connection let users be created, updated and disabled, and choose what a removal is. Delete cannot be undone.',
        choose('Remove action', 'Disable'),
      ),
      step('PingOne sends active by itself; do not map anything else to it.', map('set by PingOne', 'active')),
    ),
    groups(step('Open the menu of the rule, choose Edit Group Provisioning, and pick the groups.')),
    start(
      step('Make a rule for the connection, edit its User Filter to say who is provisioned, and Save.'),
      step('Switch the connection on, then the rule.'),
    ),
  ],
  // Of PingOne alone; traffic does not tell it from PingFederate.
  cadence: {
    type: 'on-change',
    text: 'PingOne sends changes in near real time. For PingFederate no rhythm is documented.',
  },
  advice: {
    'connection-tested': 'Fill in Configure authentication of the SCIM Outbound connection and choose Test Connection.',
    'first-user-created': 'Switch connection and rule on, and see whether anybody passes the User Filter of the rule.',
    'first-user-linked':
      'Ask a provisioned person to sign in by single sign-on. If they arrive as somebody new, saml_subject is not what the rule sends: see the link check.',
    'deactivation-seen': 'Allow users to be disabled under Configure preferences, and disable a test person.',
    'groups-seen': 'Choose Edit Group Provisioning in the menu of the rule and pick a group.',
  },
  sources: [
    {
      title: 'Creating a SCIM connection',
      url: 'https://docs.pingidentity.com/r/en-us/pingone/p1_create_scim_connection',
    },
    {
      title: 'Ping Identity SCIM integration, field by field (Bitwarden)',
      url: 'https://bitwarden.com/help/ping-identity-scim-integration/',
    },
    {
      title: 'SCIM provisioning features',
      url: 'https://docs.pingidentity.com/pingone/integrations/p1_scim_provisioning_features.html',
    },
    {
      title: 'Inbound and outbound provisioning',
      url: 'https://docs.pingidentity.com/r/en-us/pingone/p1_inbound_outbound_provisioning',
    },
    {
      title: 'SCIM provisioner settings reference (PingFederate)',
      url: 'https://docs.pingidentity.com/integrations/scim/setup/pf_scim_connector_scim_connector_settings_reference.html',
    },
  ],
};
