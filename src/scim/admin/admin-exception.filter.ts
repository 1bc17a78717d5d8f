import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { ScimError } from '../protocol/scim-error.js';

/** Tells the settings page, in Nest's own error shape (`message`), what a service refused with a SCIM error. */
@Catch(ScimError)
export class AdminExceptionFilter extends BaseExceptionFilter {
  override catch(error: ScimError, host: ArgumentsHost): void {
    const { status, message } = error;
    super.catch(new HttpException({ statusCode: status, message }, status, { cause: error }), host);
  }
}
