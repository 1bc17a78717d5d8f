import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { readBody } from '../http/read-body.js';
import { AnyToken, Changes, Removes } from '../http/scim-access.decorators.js';
import { ScimExceptionFilter } from '../http/scim-exception.filter.js';
import { principalOf, requestIdOf, type ScimRequest } from '../http/scim-request.js';
import { ScimResponder } from '../http/scim-responder.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { BulkService } from './bulk.service.js';

/** RFC 7644 §3.7. Any token may ask: what it may not do, each operation answers. */
@Controller('Bulk')
@Removes()
export class BulkController {
  constructor(
    @Inject(BulkService) private readonly bulk: BulkService,
    @Inject(ScimResponder) private readonly responder: ScimResponder,
    @Inject(ScimExceptionFilter) private readonly errors: ScimExceptionFilter,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  @Post()
  @AnyToken()
  @Changes()
  async process(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    const body = await readBody(request, limitsOf(this.options).bulkBytes, 'maxPayloadSize');
    const answer = await this.bulk.process(body, {
      principal: principalOf(request),
      requestId: requestIdOf(request),
      onlyRemovals: request.scimOnlyRemovals,
      toScimError: (error) => this.errors.toScimError(error, request),
    });
    this.responder.send(request, response, { status: 200, body: answer });
  }
}
