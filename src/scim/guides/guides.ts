import type { Idp } from '../log/recognise-idp.js';
import { entra } from './entra.js';
import { generic } from './generic.js';
import { google } from './google.js';
import {
  GUIDE_IDS,
  type GuideField,
  type GuideId,
  type GuideSection,
  type GuideStep,
  type LinkKeyChoice,
  type SetupGuide,
  type WrittenGuide,
} from './guide.js';
import { jumpcloud } from './jumpcloud.js';
import { okta } from './okta.js';
import { onelogin } from './onelogin.js';
import { ping } from './ping.js';
import { ENDPOINT_URL } from './write-guide.js';

const GUIDES: Readonly<Record<GuideId, WrittenGuide>> = { entra, okta, google, onelogin, jumpcloud, ping, generic };

/** In the order in which they are shown. */
export const allGuides: readonly WrittenGuide[] = GUIDE_IDS.map((id) => GUIDES[id]);

/** The guide of that id, spelled exactly so. */
export const findGuide = (id: string): WrittenGuide | undefined => allGuides.find((guide) => guide.id === id);

/** In whose words an organization is spoken to. @param idp as recognised from its traffic; null: nobody called yet. */
export const guideOf = (idp: Idp | 'generic' | null): WrittenGuide => (idp && findGuide(idp)) ?? generic;

/** The ways to make NameID and SCIM agree, the recommended one first. */
export const linkKeysOf = ({ sections }: SetupGuide): readonly LinkKeyChoice[] =>
  sections
    .flatMap(({ choices }) => choices)
    .toSorted((one, other) => Number(other.recommended) - Number(one.recommended));

/** What an organization's own guide holds of its own. */
export interface GuideValues {
  /** Of its SCIM endpoint. */
  readonly endpointUrl: string;
}

/** A guide with an organization's own values in it. */
export function fillGuide({ advice: _advice, ...guide }: WrittenGuide, values: GuideValues): SetupGuide {
  return { ...guide, sections: guide.sections.map((section) => fillSection(section, values)) };
}

const fillSection = (section: GuideSection, values: GuideValues): GuideSection => ({
  ...section,
  steps: fillSteps(section.steps, values),
  choices: section.choices.map((choice) => ({ ...choice, steps: fillSteps(choice.steps, values) })),
});

const fillSteps = (steps: readonly GuideStep[], values: GuideValues): readonly GuideStep[] =>
  steps.map(({ text, fields }) => ({ text, fields: fields.map((field) => fillField(field, values)) }));

const fillField = (field: GuideField, { endpointUrl }: GuideValues): GuideField =>
  field.value === ENDPOINT_URL ? { ...field, value: endpointUrl } : field;
