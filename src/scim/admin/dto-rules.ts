import { Matches, ValidateIf } from 'class-validator';
import { PRINTABLE } from '../tokens/token-wishes.js';

/** Unlike `IsOptional`, null is no absence: a null that a script sent by mistake is not to mean all scopes. */
export const IfPresent = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

export const IsPrintable = (): PropertyDecorator =>
  Matches(PRINTABLE, { message: '$property must not contain control characters or broken Unicode' });
