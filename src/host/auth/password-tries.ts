import { createHmac, randomBytes } from 'node:crypto';
import { HttpException, HttpStatus, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { toNetwork } from './to-network.js';

/** Generous for people, who give up or ask for a new password before; nobody guesses one in forty tries an hour. */
const MOST_FAILURES = 10;
/** From everywhere together: beyond any person, and few enough for one who has many addresses. */
const MOST_FAILURES_OF_ACCOUNT = 100;
const WINDOW_SECONDS = 15 * 60;
/** Accounts and networks in which the password was right; of more the oldest is forgotten. */
const MOST_PROVEN = 10_000;

/** Whose password somebody tries, and from where. */
export interface PasswordTry {
  /** As accounts have it, see `toEmail`; counted whether there is an account or not, so that the answer tells nobody. */
  readonly email: string;
  /** The client's, as Express knows it: behind a proxy `TRUST_PROXY` has to be set. */
  readonly address: string | undefined;
}

/**
 * How many passwords may be tried in this process: few by account and network together, so that one stranger elsewhere locks
 * nobody out, and more by account alone, so that one with many networks has not as many times as many.
 *
 * The price of the second: a stranger with ten networks can use it up, again and again, and then the right password is refused,
 * too, lest it tell the stranger which one it is. So it is not asked for in a network where the password was right since this
 * process began: the person gets in from there as ever, and from a new one when the time is over, or by single sign-on.
 */
@Injectable()
export class PasswordTries {
  private readonly tries = new RateLimiterMemory({ points: MOST_FAILURES, duration: WINDOW_SECONDS });
  private readonly triesOfAccount = new RateLimiterMemory({
    points: MOST_FAILURES_OF_ACCOUNT,
    duration: WINDOW_SECONDS,
  });
  private readonly proven = new Set<string>();
  private readonly secret = randomBytes(32);

  /** To be called before a password is looked at, so that many at once count, too. @throws HttpException 429 */
  async count(one: PasswordTry): Promise<void> {
    const both = this.digest(one.email, networkOf(one));
    // First, so that what is refused here costs the account nothing.
    await this.tries.consume(toPlace(both)).catch(refuse);
    if (this.proven.has(both.toString('base64'))) return;
    await this.triesOfAccount.consume(toPlace(this.digest(one.email))).catch(refuse);
  }

  /** The password was right: it was no failure, and those in this network are forgotten. */
  async forget(one: PasswordTry): Promise<void> {
    const both = this.digest(one.email, networkOf(one));
    await this.tries.delete(toPlace(both));
    if (this.isNewlyProven(both.toString('base64'))) await this.triesOfAccount.reward(toPlace(this.digest(one.email)));
  }

  private isNewlyProven(both: string): boolean {
    const isKnown = this.proven.delete(both);
    this.proven.add(both);
    const [oldest] = this.proven;
    if (this.proven.size > MOST_PROVEN && oldest !== undefined) this.proven.delete(oldest);
    return !isKnown;
  }

  private digest(...parts: readonly string[]): Buffer {
    return createHmac('sha256', this.secret).update(JSON.stringify(parts)).digest();
  }
}

const networkOf = ({ address = '' }: PasswordTry): string => toNetwork(address);

/**
 * One of 65,536, because strangers name as many accounts as they like, and each costs memory until its time is over. Which
 * two share one nobody knows outside, and hardly anybody who shares one fails so often.
 */
const toPlace = (digest: Buffer): number => digest.readUInt16BE();

function refuse(reason: unknown): never {
  if (!(reason instanceof RateLimiterRes)) throw reason;
  const retryAfterSeconds = Math.max(1, Math.ceil(reason.msBeforeNext / 1000));
  const minutes = Math.ceil(retryAfterSeconds / 60);
  const message = `Too many wrong passwords. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
  throw new HttpException({ message, retryAfterSeconds }, HttpStatus.TOO_MANY_REQUESTS);
}
