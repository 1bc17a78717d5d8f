import {
  BadRequestException,
  ConflictException,
  ForbiddenException,
  GoneException,
  Injectable,
  NotFoundException,
  UnauthorizedException,
} from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { IdentityLinksService } from '../../scim/index.js';
import { AccountsService, type NewAccount } from '../auth/accounts.service.js';
import { hashPassword } from '../auth/password.js';
import { hashSecret } from '../auth/secret.js';
import { readClock } from '../database/read-clock.js';
import { lockOrganization } from '../organizations/lock-organization.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { refusalText } from '../sso/refusals.js';
import { Invitation } from './invitation.entity.js';
import { findDenial } from './provisioned-people.js';

/** What somebody shows who accepts an invitation. */
export interface Acceptance {
  readonly token: string;
  readonly displayName?: string;
  readonly password?: string;
  /** Whoever is signed in to an organization already. */
  readonly signedInAccountId: string | undefined;
  /** The client's. */
  readonly address: string | undefined;
}

/** Of a new account: those that there are were chosen before, under whatever rule. */
const SHORTEST_PASSWORD = 8;

/** The account that is to join, or what makes a new one. */
type Joiner = { readonly accountId: string } | NewAccount;

/** How an invitation becomes a membership. */
@Injectable()
export class InvitationAcceptanceService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: AccountsService,
    private readonly memberships: MembershipsService,
    private readonly links: IdentityLinksService,
  ) {}

  /**
   * @returns who is a member now, and of what.
   * @throws NotFoundException for no invitation; GoneException for one that is over; ForbiddenException where the identity
   *   provider or an owner keeps the person out; ConflictException without a free seat; UnauthorizedException for a wrong
   *   password, HttpException 429 after too many; BadRequestException where a new account would lack a name or a password.
   */
  async accept(acceptance: Acceptance): Promise<{ readonly organizationId: string; readonly accountId: string }> {
    const hash = hashSecret(acceptance.token);
    const invitation = await this.dataSource.getRepository(Invitation).findOneBy({ hash });
    if (!invitation) throw new NotFoundException('There is no such invitation.');
    // Asked before anything else, too: one that is over must not tell whether a password is right.
    await checkOpen(invitation, acceptance.signedInAccountId, this.dataSource.manager);
    // Before the transaction: hashing a password takes longer than a lock should be held.
    const joiner = await this.identify(invitation, acceptance);
    const { organizationId } = invitation;
    const removedAt = 'accountId' in joiner ? await this.findRemoval(organizationId, joiner.accountId) : undefined;
    const accountId = await this.dataSource.transaction(async (manager) => {
      await lockOrganization(organizationId, manager);
      const current = await manager.getRepository(Invitation).findOneByOrFail({ hash });
      await checkOpen(current, 'accountId' in joiner ? joiner.accountId : undefined, manager);
      // What is left of a membership that SCIM ended, until that event is handled, must not be taken for the new one.
      if ('accountId' in joiner && removedAt) {
        await this.memberships.revoke({ organizationId, accountId: joiner.accountId, removedAt }, manager);
      }
      return this.join(current, joiner, manager);
    });
    return { organizationId, accountId };
  }

  private async identify(invitation: Invitation, acceptance: Acceptance): Promise<Joiner> {
    const { signedInAccountId, displayName, password, address } = acceptance;
    const { email } = invitation;
    if (signedInAccountId !== undefined) return { accountId: signedInAccountId };
    if (await this.accounts.findByEmail(email)) {
      const account = password === undefined ? undefined : await this.accounts.prove({ email, password, address });
      if (account) return { accountId: account.id };
      throw new UnauthorizedException(`There is an account for ${email} already: sign in to it, or give its password.`);
    }
    if (displayName === undefined || password === undefined || password.length < SHORTEST_PASSWORD) {
      throw new BadRequestException(
        `A new account needs a name and a password of ${SHORTEST_PASSWORD} characters or more.`,
      );
    }
    return { email, displayName, passwordHash: await hashPassword(password) };
  }

  private async join(invitation: Invitation, joiner: Joiner, manager: EntityManager): Promise<string> {
    const { id, organizationId, role } = invitation;
    const accountId = 'accountId' in joiner ? joiner.accountId : await this.accounts.signUp(joiner, manager);
    const answer = await this.memberships.admit({ organizationId, accountId, role }, manager);
    if (answer === 'no-seat') throw new ConflictException(refusalText(answer));
    if (answer === 'membership-suspended') throw new ForbiddenException(refusalText(answer));
    await manager.getRepository(Invitation).update({ organizationId, id }, { endedBy: 'accepted' });
    return accountId;
  }

  /** When SCIM took the account's access for good. */
  private async findRemoval(organizationId: string, accountId: string): Promise<Date | undefined> {
    const access = await this.links.access(organizationId, accountId);
    return access.type === 'denied' && access.reason !== 'suspended' ? access.since : undefined;
  }
}

/** Under the organization's lock, which the handlers of SCIM's events take too: what they did is seen here. */
async function checkOpen(invitation: Invitation, accountId: string | undefined, manager: EntityManager): Promise<void> {
  const { organizationId, email, createdAt, expiresAt, endedBy } = invitation;
  if (endedBy === 'accepted') throw new GoneException('This invitation was accepted before. Sign in instead.');
  if (endedBy === 'owner') throw new GoneException('This invitation was cancelled. Ask for another one.');
  const invitee = { organizationId, emails: [email], ...(accountId === undefined ? {} : { accountId }) };
  const denial = await findDenial(invitee, createdAt, manager);
  if (denial) throw new ForbiddenException(refusalText(denial));
  // Its person is gone, and somebody else may have the address by now: an owner has to ask again.
  if (endedBy === 'scim') throw new GoneException('This invitation was cancelled. Ask for another one.');
  if (expiresAt <= (await readClock(manager)))
    throw new GoneException('This invitation is too old. Ask for another one.');
}
