import { randomUUID } from 'node:crypto';
import { ConflictException, ForbiddenException, Injectable, UnauthorizedException } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { fold } from '../../scim/index.js';
import { Membership } from '../organizations/membership.entity.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { Organization } from '../organizations/organization.entity.js';
import { Account } from './account.entity.js';
import { ActorsService } from './actors.service.js';
import { verifyPassword } from './password.js';
import { PasswordTries } from './password-tries.js';

/** What somebody shows who says that an account is theirs. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** The client's. */
  readonly address: string | undefined;
}

export interface PasswordLogin extends Credentials {
  /** Slug of the organization to sign in to; the first one that is open, if absent. */
  readonly organization?: string;
}

export interface NewAccount {
  readonly email: string;
  readonly displayName: string;
  readonly passwordHash: string;
}

/** As addresses are stored and compared here: as the module compares user names, so that one can be found by the other. */
export const toEmail = (text: string): string => fold(text.trim());

/** Accounts and who of them may sign in with a password, and where. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly memberships: MembershipsService,
    private readonly actors: ActorsService,
    private readonly tries: PasswordTries,
  ) {}

  /**
   * The membership to start a session for.
   * @throws UnauthorizedException for a wrong e-mail address or password; ForbiddenException when every door is closed;
   *   HttpException 429 after too many wrong passwords.
   */
  async logIn({ organization, ...credentials }: PasswordLogin): Promise<Membership> {
    const account = await this.prove(credentials);
    if (!account) throw new UnauthorizedException('The e-mail address or the password is wrong.');
    for (const membership of await this.findMemberships(account.id, organization)) {
      if (await this.isOpen(membership)) return membership;
    }
    throw new ForbiddenException('Your membership is suspended, or no seat is free. Ask an owner of the organization.');
  }

  /** The account whose password it is; undefined where it is nobody's. @throws HttpException 429 after too many failures. */
  async prove({ email, password, address }: Credentials): Promise<Account | undefined> {
    const one = { email: toEmail(email), address };
    await this.tries.count(one);
    const account = await this.findByEmail(email);
    const verified = await verifyPassword(password, account?.passwordHash);
    if (!account || !verified) return undefined;
    await this.tries.forget(one);
    return account;
  }

  /** For a person whom a single sign-on proved: without an e-mail address, which is nobody's proof. */
  async create(displayName: string, manager: EntityManager): Promise<string> {
    const id = randomUUID();
    await manager.getRepository(Account).insert({ id, displayName, email: null, passwordHash: null });
    return id;
  }

  /** Undefined where nobody has that address. */
  async findByEmail(email: string): Promise<Account | undefined> {
    return (await this.dataSource.getRepository(Account).findOneBy({ email: toEmail(email) })) ?? undefined;
  }

  /** For a person who proved the address. @throws ConflictException where somebody has just taken it. */
  async signUp({ email, displayName, passwordHash }: NewAccount, manager: EntityManager): Promise<string> {
    const id = randomUUID();
    const insert = manager.getRepository(Account).createQueryBuilder().insert().orIgnore().returning('id');
    const { raw } = await insert.values({ id, email: toEmail(email), displayName, passwordHash }).execute();
    if (raw.length === 0) throw new ConflictException('There is an account with this address by now. Try again.');
    return id;
  }

  private async findMemberships(accountId: string, slug: string | undefined): Promise<Membership[]> {
    const query = this.dataSource
      .getRepository(Membership)
      .createQueryBuilder('membership')
      .innerJoin(Organization, 'organization', 'organization.id = membership.organizationId')
      .where('membership.accountId = :accountId', { accountId })
      .orderBy('membership.status')
      .addOrderBy('membership.createdAt');
    if (slug !== undefined) query.andWhere('organization.slug = :slug', { slug });
    return query.getMany();
  }

  /** A membership that SCIM took and gave back without a free seat waits for a login that finds one. */
  private async isOpen({ organizationId, accountId, status, createdAt }: Membership): Promise<boolean> {
    if (!(await this.actors.isLetIn(organizationId, accountId, createdAt))) return false;
    if (status === 'active') return true;
    return this.dataSource.transaction(
      async (manager) => (await this.memberships.restore(organizationId, accountId, manager)) === 'active',
    );
  }
}
