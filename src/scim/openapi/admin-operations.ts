import { RequestMethod, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { NewTokenDto } from '../admin/admin.dto.js';
import type { ControllerRoute } from '../http/controller-routes.js';
import type { JsonObject } from '../protocol/resource.js';
import { MOST_DAYS } from '../tokens/token-wishes.js';
import type { ObjectSchema } from './attribute-schema.js';
import { dtoSchema } from './dto-schema.js';
import { emptyAnswer, jsonContent, ref, schemaRef } from './operation.js';

interface Description {
  readonly summary: string;
  /** Component of the answer's schema; none: it has no body. */
  readonly answer?: string;
}

/** By `METHOD path`; the path is below that of the admin API. */
const DESCRIPTIONS: Readonly<Record<string, Description>> = {
  'GET ': { summary: 'What the settings page shows at the top', answer: 'Admin.Overview' },
  'GET tokens': { summary: 'Lists all tokens ever made, the newest first', answer: 'Admin.Tokens' },
  'POST tokens': { summary: 'Generates a token', answer: 'Admin.GeneratedToken' },
  'POST tokens/:id/rotate': { summary: 'Generates a token that replaces another one', answer: 'Admin.RotatedToken' },
  'POST tokens/:id/rotation/complete': { summary: 'Ends the rotation of a token now' },
  'POST tokens/:id/rotation/cancel': { summary: 'Takes the rotation of a token back' },
  'DELETE tokens/:id': { summary: 'Revokes a token' },
  'GET identities': {
    summary: 'Lists provisioned people, the newest first; with `q` a page may be short and have a next one',
    answer: 'Admin.Identities',
  },
  'GET identities/:id': { summary: 'Shows one person with all that is known of them', answer: 'Admin.Identity' },
  'GET identities/:id/history': {
    summary: 'Lists what happened to one person, the newest first',
    answer: 'Admin.History',
  },
  'POST identities/:id/unlink': {
    summary: 'Ends the link of a person with an account, which loses its access; the next login links anew',
    answer: 'Admin.Identity',
  },
  'POST identities/:id/erase': {
    summary: 'Takes all that is personal of a suspended or removed person out, for good',
    answer: 'Admin.Identity',
  },
  'GET log': { summary: 'Lists SCIM requests, the newest first, without what they say of people', answer: 'Admin.Log' },
  'GET log/:id': { summary: 'Shows one request without what it says of people', answer: 'Admin.LoggedRequest' },
  'POST log/:id/reveal': {
    summary: 'Shows one request with what it says of people, and notes who saw it',
    answer: 'Admin.LoggedRequest',
  },
  'GET guides': { summary: 'Lists the set-up guides, and names the one to open', answer: 'Admin.Guides' },
  'GET guides/:id': { summary: 'Shows a set-up guide with the URL of this instance', answer: 'Admin.Guide' },
  'GET checklist': { summary: 'Shows how far the set-up is', answer: 'Admin.Checklist' },
  'GET link-check': {
    summary: 'Shows whether sign-ins find the people who are provisioned',
    answer: 'Admin.LinkCheck',
  },
  'GET dead-letters': {
    summary: 'Lists events that a handler failed on, the oldest first',
    answer: 'Admin.DeadLetters',
  },
  'POST dead-letters/replay': {
    summary: 'Tries events again that were given up, and those now that wait for their next try',
    answer: 'Admin.Replayed',
  },
  'POST dead-letters/skip': { summary: 'Has an event never handled by the consumer that fails on it' },
  'GET events': { summary: 'Lists events from a place on, each once, in an order that stays', answer: 'Admin.Events' },
  'POST pause': { summary: 'Refuses changes by the identity provider until it is resumed' },
  'POST resume': { summary: 'Takes changes by the identity provider again' },
};

export const LEAK_REPORT: Description = { summary: 'Revokes tokens that were found in public' };

/** Rules that class-validator cannot tell as data. */
const SPECIAL: ReadonlyMap<Type, JsonObject> = new Map([
  [
    NewTokenDto,
    {
      expiresInDays: {
        description: '`never` only where the host allows it.',
        anyOf: [
          { type: 'integer', minimum: 1, maximum: MOST_DAYS },
          { type: 'string', enum: ['never'] },
        ],
      },
    },
  ],
]);

/** A route of the admin API, from its decorators and DTOs. */
export function adminOperation(route: ControllerRoute, described?: Description): JsonObject {
  const path = route.segments.join('/');
  const { summary, answer } = described ?? DESCRIPTIONS[`${route.method} ${path}`] ?? { summary: route.handler };
  const body = schemaOf(route, RouteParamtypes.BODY);
  const success =
    answer === undefined ? emptyAnswer('Done.') : { description: summary, content: jsonContent(schemaRef(answer)) };
  return {
    summary,
    ...queryParameters(schemaOf(route, RouteParamtypes.QUERY)),
    ...(body === undefined ? {} : { requestBody: { content: jsonContent(body) } }),
    responses: { [statusOf(route)]: success, default: ref('responses', 'Admin.Error') },
  };
}

function statusOf({ controller, handler, method }: ControllerRoute): string {
  const declared = Reflect.getMetadata(HTTP_CODE_METADATA, Object(controller.prototype)[handler] as object) as
    number | undefined;
  return String(declared ?? (method === RequestMethod[RequestMethod.POST] ? 201 : 200));
}

/** Of the DTO that the handler takes as its body or its query. */
function schemaOf({ controller, handler }: ControllerRoute, kind: RouteParamtypes): ObjectSchema | undefined {
  const taken = Object(Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler)) as Record<
    string,
    { index: number }
  >;
  const [, found] = Object.entries(taken).find(([key]) => key.startsWith(`${kind}:`)) ?? [];
  const types = Reflect.getMetadata('design:paramtypes', controller.prototype as object, handler) as Type[] | undefined;
  const dto = found && types?.[found.index];
  if (!dto) return undefined;
  const schema = dtoSchema(dto);
  return { ...schema, properties: { ...schema.properties, ...SPECIAL.get(dto) } };
}

const queryParameters = (query: ObjectSchema | undefined): JsonObject =>
  query === undefined
    ? {}
    : {
        parameters: Object.entries(query.properties).map(([name, schema]) => ({
          name,
          in: 'query',
          required: query.required?.includes(name) ?? false,
          schema,
        })),
      };
