import { Account } from '../auth/account.entity.js';
import { ApiKey } from '../auth/api-key.entity.js';
import { Session } from '../auth/session.entity.js';
import { DemoIdpKey } from '../demo/demo-idp-key.entity.js';
import { Device } from '../directory/device.entity.js';
import { Invitation } from '../invitations/invitation.entity.js';
import { Membership } from '../organizations/membership.entity.js';
import { Organization } from '../organizations/organization.entity.js';
import { GroupMapping, Team, TeamMember } from '../organizations/team.entity.js';
import { SsoAssertion } from '../sso/sso-assertion.entity.js';
import { SsoConnection } from '../sso/sso-connection.entity.js';
import { SsoPendingLogin } from '../sso/sso-pending-login.entity.js';
import { SsoRequest } from '../sso/sso-request.entity.js';

export const hostEntities = [
  Account,
  Organization,
  Membership,
  Team,
  TeamMember,
  GroupMapping,
  Session,
  ApiKey,
  Invitation,
  SsoConnection,
  SsoRequest,
  SsoPendingLogin,
  SsoAssertion,
  DemoIdpKey,
  Device,
];
