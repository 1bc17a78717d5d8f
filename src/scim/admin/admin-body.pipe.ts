import { Injectable, ValidationPipe } from '@nestjs/common';
import * as transformerPackage from 'class-transformer';
import * as validatorPackage from 'class-validator';

/** Validates what the settings page sends, whatever pipes the host has. An absent body is an empty one. */
@Injectable()
export class AdminBody extends ValidationPipe {
  constructor() {
    // The packages that decorate our DTOs: Nest would load those that it finds from where it is installed itself, if any.
    const packages = { validatorPackage, transformerPackage };
    super({ ...packages, whitelist: true, forbidNonWhitelisted: true, transform: true });
  }

  override transform(value: unknown, metadata: Parameters<ValidationPipe['transform']>[1]): Promise<unknown> {
    return super.transform(value ?? {}, metadata);
  }
}
