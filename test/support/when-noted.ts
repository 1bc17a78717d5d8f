import type { INestApplication } from '@nestjs/common';
import { ScimTokenUses } from '../../src/scim/tokens/scim-token-uses.js';

/** Resolves once the uses of tokens so far are written: no request waits for that. */
export const whenNoted = (app: INestApplication): Promise<void> =>
  app.get(ScimTokenUses, { strict: false }).onModuleDestroy();
