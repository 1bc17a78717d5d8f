import type { GuideListing } from '../admin/scim-guides.service.js';
import type { Checklist } from '../connections/checklist.js';
import type { LinkCheck } from '../connections/judge-links.js';
import { type LinkFinding, VERDICTS } from '../connections/link-findings.js';
import { NAME_SHAPES } from '../connections/name-shape.js';
import { LINK_KEYS, type SentAttribute } from '../connections/sent-names.js';
import {
  CHECKLIST_ITEMS,
  GUIDE_IDS,
  type GuideField,
  type GuideSection,
  type GuideStep,
  type LinkKeyChoice,
  type SetupGuide,
} from '../guides/guide.js';
import { IDPS } from '../log/recognise-idp.js';
import type { JsonObject } from '../protocol/resource.js';
import { objectSchema } from './attribute-schema.js';

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const time = { type: 'string', format: 'date-time' };
const timeOrNull = { type: ['string', 'null'], format: 'date-time' };
const integer = { type: 'integer' };
const yesOrNo = { type: 'boolean' };
const listOf = (items: JsonObject): JsonObject => ({ type: 'array', items });
const oneOf = (values: readonly string[]): JsonObject => ({ ...text, enum: [...values] });
const complete = (properties: JsonObject): JsonObject => objectSchema(properties, Object.keys(properties));

const field: Record<Exclude<keyof GuideField, 'note'>, JsonObject> = {
  kind: oneOf(['copy', 'token', 'choose', 'tick', 'untick', 'map'] satisfies GuideField['kind'][]),
  label: { ...text, description: 'As the console of the identity provider spells it.' },
  value: { ...textOrNull, description: 'What goes into it; never a token.' },
};

const step: Record<keyof GuideStep, JsonObject> = {
  text,
  fields: listOf(objectSchema({ ...field, note: text }, Object.keys(field))),
};

const choice: Record<keyof LinkKeyChoice, JsonObject> = {
  id: oneOf(LINK_KEYS),
  recommended: yesOrNo,
  title: text,
  why: text,
  steps: listOf(complete(step)),
};

const section: Record<keyof GuideSection, JsonObject> = {
  id: oneOf(['connect', 'link-key', 'attributes', 'removal', 'groups', 'start'] satisfies GuideSection['id'][]),
  title: text,
  steps: listOf(complete(step)),
  choices: { ...listOf(complete(choice)), description: 'In section `link-key`: one of them is to be picked.' },
};

const guideId = oneOf(GUIDE_IDS);

const guide: Record<keyof SetupGuide, JsonObject> = {
  id: guideId,
  name: text,
  summary: text,
  limits: { ...listOf(text), description: 'What this identity provider cannot do.' },
  sections: listOf(complete(section)),
  cadence: objectSchema({ type: oneOf(['interval', 'on-change', 'unknown']), minutes: integer, text }, [
    'type',
    'text',
  ]),
  sources: listOf(complete({ title: text, url: { ...text, format: 'uri' } })),
};

const listing: Record<keyof GuideListing, JsonObject> = {
  recognised: { ...textOrNull, enum: [...IDPS, 'generic', null] },
  recommended: { ...textOrNull, enum: [...GUIDE_IDS, null] },
  guides: listOf(complete({ id: guideId, name: text, summary: text })),
};

const item: Record<keyof Checklist['items'][number], JsonObject> = {
  id: oneOf(CHECKLIST_ITEMS),
  title: text,
  done: yesOrNo,
  at: timeOrNull,
  optional: yesOrNo,
  advice: { ...textOrNull, description: 'What to do; null where it is done.' },
};

const finding: Record<keyof LinkFinding, JsonObject> = {
  id: text,
  severity: oneOf(['good', 'note', 'problem'] satisfies LinkFinding['severity'][]),
  text,
  examples: listOf(complete({ nameId: { ...text, description: 'Masked.' }, identityId: textOrNull, at: time })),
};

const sent: Record<keyof SentAttribute, JsonObject> = {
  attribute: oneOf(LINK_KEYS),
  shape: oneOf(NAME_SHAPES),
  share: { type: 'number', description: '0 to 1.' },
  example: { ...textOrNull, description: 'Masked.' },
};

const counts: Record<keyof LinkCheck['logins'], JsonObject> = {
  byExternalId: integer,
  byUserName: integer,
  byEmailOnly: integer,
  byNobody: integer,
  refused: integer,
  most: integer,
};

const linkCheck: Record<keyof LinkCheck, JsonObject> = {
  verdict: oneOf(VERDICTS),
  summary: text,
  guide: complete({ id: guideId, name: text }),
  people: complete({ total: integer, linked: integer, notLinked: integer, most: integer }),
  logins: complete(counts),
  sends: listOf(complete(sent)),
  findings: listOf(complete(finding)),
  advice: listOf(complete(choice)),
};

/** Answers about the set-up, by the name of their component; the types they must match are beside them. */
export const setupSchemas: JsonObject = {
  'Admin.Guides': complete(listing),
  'Admin.Guide': complete(guide),
  'Admin.Checklist': complete({ items: listOf(complete(item)) }),
  'Admin.LinkCheck': complete(linkCheck),
};
