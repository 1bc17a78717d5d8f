import type { WrittenGuide } from './guide.js';
import { CADENCES } from './idp-cadence.js';
import {
  attributes,
  byUserName,
  choose,
  connect,
  copy,
  ENDPOINT_URL,
  linkKey,
  map,
  removal,
  RENAMES,
  start,
  step,
  token,
} from './write-guide.js';

export const google: WrittenGuide = {
  id: 'google',
  name: 'Google Workspace',
  summary: 'Automated user provisioning of a SAML application from the catalogue of Google.',
  limits: [
    'Google provisions only SAML applications of its own catalogue; an application made with "Add custom SAML app" has no provisioning. If this product is not in the catalogue, the steps below work only through a catalogue application of another vendor that lets you enter endpoint URL and token; then its template decides what is sent.',
    'Groups are not sent; they only decide who is provisioned.',
    'Google does not document what its templates send as externalId, so the link goes by userName.',
    'Business Starter and Frontline Starter provision three applications at most.',
  ],
  sections: [
    connect(
      step(
        'In the Google Admin console open Apps, Web and mobile apps, and the catalogue application that does single sign-on for this organization.',
      ),
      step(
        'Under Autoprovisioning choose Configure autoprovisioning.',
        token('Access token'),
        copy('Endpoint URL', ENDPOINT_URL),
      ),
    ),
    linkKey([
      byUserName(
        `Both sides are the primary e-mail address of the account. ${RENAMES}`,
        { recommended: true },
        step(
          'In the application open Service provider details.',
          choose('Name ID format', 'EMAIL'),
          choose('Name ID', 'Basic Information > Primary email'),
        ),
        step(
          'On the page Attribute mapping of the autoprovisioning.',
          map('Basic Information > Primary email', 'userName'),
        ),
      ),
    ]),
    attributes(
      step(
        'On the same page map the names, where the template has them.',
        map('Basic Information > First name', 'name.givenName'),
        map('Basic Information > Last name', 'name.familyName'),
      ),
    ),
    removal(
      step(
        'On the page about deprovisioning say how soon people lose access after the application is turned off for them, after they are suspended, and after they are deleted: choose the shortest times. Google allows up to 24 hours at the least.',
      ),
      step(
        'Whether people are then set inactive or deleted is up to the template; both take access away here. There is no mapping for active to keep.',
      ),
    ),
    start(
      step('Under User access turn the application on for the people or groups who are to be provisioned.'),
      step('Switch it on.', choose('Autoprovisioning', 'Active')),
    ),
  ],
  cadence: {
    ...CADENCES.google,
    text: 'Google says that users are synchronised every few hours, and that removals take 24 hours or the longer time that you chose.',
  },
  advice: {
    'connection-tested':
      'Open Configure autoprovisioning in the Google Admin console and enter Access token and Endpoint URL.',
    'first-user-created':
      'Turn the application on for somebody under User access and set Autoprovisioning to Active. It may take a few hours.',
    'first-user-linked':
      'Ask a provisioned person to sign in by single sign-on. If they arrive as somebody new, the Name ID is not the address that is sent as userName: see the link check.',
    'deactivation-seen':
      'Choose the shortest times for deprovisioning and turn the application off for a test person; it takes up to 24 hours.',
    'groups-seen': 'Google sends no groups. Use the groups of the SAML assertion instead, if this product maps them.',
  },
  sources: [
    { title: 'About automated user provisioning', url: 'https://support.google.com/a/answer/7681608' },
    {
      title: 'Automated user provisioning and deprovisioning',
      url: 'https://support.google.com/cloudidentity/topic/7661972',
    },
    {
      title: 'SCIM from Google Workspace through a catalogue application (Ory)',
      url: 'https://www.ory.com/docs/kratos/manage-identities/scim',
    },
  ],
};
