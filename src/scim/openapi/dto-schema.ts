import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { JsonObject } from '../protocol/resource.js';
import { objectSchema, type ObjectSchema } from './attribute-schema.js';

/** What class-validator's decorators say of a DTO, in JSON Schema. */
export function dtoSchema(dto: Type): ObjectSchema {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
  const of = (name: string): typeof rules => rules.filter(({ propertyName }) => propertyName === name);
  return objectSchema(
    Object.fromEntries(names.map((name) => [name, propertySchema(of(name))])),
    names.filter((name) => of(name).every(({ type }) => type !== 'conditionalValidation')),
  );
}

type Rules = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>;

/** A rule of `each` is one of the elements of a list. */
function propertySchema(rules: Rules): JsonObject {
  const own = Object.assign({}, ...rules.filter(({ each }) => !each).map(keywordsOf)) as JsonObject;
  const elements = Object.assign({}, ...rules.filter(({ each }) => each).map(keywordsOf)) as JsonObject;
  if (Object.keys(elements).length === 0) return withType(own);
  return { ...own, type: 'array', items: withType(elements) };
}

const withType = (schema: JsonObject): JsonObject => {
  if (schema['type'] !== undefined) return schema;
  const values = schema['enum'];
  if (Array.isArray(values)) return { type: typeof values[0] === 'number' ? 'integer' : 'string', ...schema };
  return schema['pattern'] === undefined ? schema : { type: 'string', ...schema };
};

function keywordsOf({ name, constraints }: Rules[number]): JsonObject {
  // Rules without a constraint have no list at all.
  const [value]: readonly unknown[] = [constraints].flat();
  switch (name) {
    case 'isString':
      return { type: 'string' };
    case 'isInt':
      return { type: 'integer' };
    case 'isArray':
      return { type: 'array' };
    case 'min':
      return { minimum: Number(value) };
    case 'max':
      return { maximum: Number(value) };
    case 'maxLength':
      return { maxLength: Number(value) };
    case 'arrayNotEmpty':
      return { minItems: 1 };
    case 'arrayMaxSize':
      return { maxItems: Number(value) };
    case 'arrayUnique':
      return { uniqueItems: true };
    case 'isIn':
      return {
        enum: Array.isArray(value)
          ? value.map((each: unknown) => (typeof each === 'number' ? each : String(each)))
          : [],
      };
    case 'matches':
      return value instanceof RegExp ? { pattern: value.source } : {};
    default:
      return {};
  }
}
