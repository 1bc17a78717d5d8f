import { applyDecorators } from '@nestjs/common';
import { IsString, Length, registerDecorator, ValidateIf } from 'class-validator';

/** PostgreSQL keeps no NUL, and half a surrogate pair is no character. */
export const isStorable = (text: string): boolean => !/\0|\p{Surrogate}/u.test(text);

/** A text that can be stored, of a length from `least` to `most`. */
export const IsText = (least: number, most: number): PropertyDecorator =>
  applyDecorators(IsString(), Length(least, most), IsStorable());

/** The property may be left out. Unlike `@IsOptional` it may not be null. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

function IsStorable(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isStorable',
      target: target.constructor,
      propertyName: String(propertyName),
      options: { message: '$property must hold characters only: no NUL, no half of a surrogate pair' },
      validator: { validate: (value: unknown) => typeof value !== 'string' || isStorable(value) },
    });
  };
}
