import { Injectable, ValidationPipe } from '@nestjs/common';

/** Validates what the settings page sends, whatever pipes the host has. An absent body is an empty one. */
@Injectable()
export class AdminBody extends ValidationPipe {
  constructor() {
    super({ whitelist: true, forbidNonWhitelisted: true, transform: true });
  }

  override transform(value: unknown, metadata: Parameters<ValidationPipe['transform']>[1]): Promise<unknown> {
    return super.transform(value ?? {}, metadata);
  }
}
