import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/**
 * Lets everybody pass, and no answer be kept: not even the host's refusals, since browsers may keep a 404 on their own
 * account. It stands before the host's guards.
 */
@Injectable()
export class NoStoreGuard implements CanActivate {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  canActivate(context: ExecutionContext): boolean {
    this.adapterHost.httpAdapter.setHeader(context.switchToHttp().getResponse(), 'Cache-Control', 'no-store');
    return true;
  }
}
