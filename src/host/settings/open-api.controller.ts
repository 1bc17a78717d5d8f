import { Controller, Get } from '@nestjs/common';
import { type JsonObject, ScimOpenApi } from '../../scim/index.js';
import { SESSION_COOKIE } from '../auth/sessions.service.js';

/** For developers: what the SCIM endpoints and their settings API take and answer. It tells nothing of anybody. */
@Controller('openapi.json')
export class OpenApiController {
  constructor(private readonly openApi: ScimOpenApi) {}

  @Get()
  show(): JsonObject {
    return this.openApi.document({
      title: 'Provisioning',
      adminSecurity: {
        session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: 'The session of an owner.' },
      },
    });
  }
}
