import { createHmac, randomBytes } from 'node:crypto';
import { HttpException, HttpStatus, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Generous for people, who give up or ask for a new password before; nobody guesses one in forty tries an hour. */
const MOST_FAILURES = 10;
const WINDOW_SECONDS = 15 * 60;

/** Whose password somebody tries, and from where. */
export interface PasswordTry {
  /** As accounts have it, see `toEmail`; counted whether there is an account or not, so that the answer tells nobody. */
  readonly email: string;
  /** The client's, as Express knows it: behind a proxy a host has to set `trust proxy`. */
  readonly address: string | undefined;
}

/**
 * How many passwords may be tried in this process, by account and address together: a stranger elsewhere cannot lock a
 * person out.
 */
@Injectable()
export class PasswordTries {
  private readonly tries = new RateLimiterMemory({ points: MOST_FAILURES, duration: WINDOW_SECONDS });
  private readonly secret = randomBytes(32);

  /** To be called before a password is looked at, so that many at once count, too. @throws HttpException 429 */
  async count(one: PasswordTry): Promise<void> {
    await this.tries.consume(this.keyOf(one)).catch(refuse);
  }

  /** The password was right. */
  async forget(one: PasswordTry): Promise<void> {
    await this.tries.delete(this.keyOf(one));
  }

  /**
   * One of 65,536, because strangers name as many accounts as they like, and each costs memory until its time is over. Which
   * two share one nobody knows outside, and hardly anybody who shares one fails so often.
   */
  private keyOf({ email, address = '' }: PasswordTry): number {
    return createHmac('sha256', this.secret)
      .update(JSON.stringify([email, address]))
      .digest()
      .readUInt16BE();
  }
}

function refuse(reason: unknown): never {
  if (!(reason instanceof RateLimiterRes)) throw reason;
  const retryAfterSeconds = Math.max(1, Math.ceil(reason.msBeforeNext / 1000));
  const minutes = Math.ceil(retryAfterSeconds / 60);
  const message = `Too many wrong passwords. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
  throw new HttpException({ message, retryAfterSeconds }, HttpStatus.TOO_MANY_REQUESTS);
}
