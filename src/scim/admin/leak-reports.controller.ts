import { Body, Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ScimRateLimits } from '../http/scim-rate-limits.js';
import { ScimTokensService } from '../tokens/scim-tokens.service.js';
import { AdminBody } from './admin-body.pipe.js';
import { LeakReportDto } from './admin.dto.js';

/**
 * Where secret scanners report what they found. Public: who has a secret needs no other leave to end it. The answer is the
 * same for a live token, a revoked one and a text that was never one.
 */
@Controller()
export class LeakReportsController {
  constructor(
    @Inject(ScimTokensService) private readonly tokens: ScimTokensService,
    @Inject(ScimRateLimits) private readonly limits: ScimRateLimits,
  ) {}

  @Post()
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async report(@Req() request: { readonly ip?: string }, @Body(AdminBody) body: LeakReportDto): Promise<void> {
    await this.limits.countReport(request.ip);
    await this.tokens.reportLeak({ secrets: body.tokens, source: body.source });
  }
}
