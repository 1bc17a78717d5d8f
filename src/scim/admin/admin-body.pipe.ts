import { BadRequestException, Injectable, ValidationPipe } from '@nestjs/common';
import * as transformerPackage from 'class-transformer';
import * as validatorPackage from 'class-validator';
import { excessOf, type JsonBounds } from '../http/read-body.js';

/** Several times what any of our bodies has. Deeper ones break the packages, which work recursively, and complain of each member. */
const BOUNDS: JsonBounds = { depth: 10, members: 100 };

/** Validates what the settings page sends, whatever pipes the host has. An absent body is an empty one. */
@Injectable()
export class AdminBody extends ValidationPipe {
  constructor() {
    // The packages that decorate our DTOs: Nest would load those that it finds from where it is installed itself, if any.
    const packages = { validatorPackage, transformerPackage };
    super({ ...packages, whitelist: true, forbidNonWhitelisted: true, transform: true });
  }

  /** @throws BadRequestException */
  override async transform(value: unknown, metadata: Parameters<ValidationPipe['transform']>[1]): Promise<unknown> {
    const excess = excessOf(value, BOUNDS);
    if (excess !== undefined) throw new BadRequestException(excess);
    return super.transform(value ?? {}, metadata);
  }
}
