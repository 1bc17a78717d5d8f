import { type ArgumentMetadata, BadRequestException, ValidationPipe } from '@nestjs/common';

/** Holds bodies and queries against their DTO classes. */
export class BodyPipe extends ValidationPipe {
  constructor() {
    super({ whitelist: true, forbidNonWhitelisted: true, transform: true });
  }

  /** @throws BadRequestException */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      // class-transformer works recursively: thousands of lists inside one another are more than the stack holds.
      if (error instanceof RangeError) throw new BadRequestException('The body is nested too deep.');
      throw error;
    }
  }
}
