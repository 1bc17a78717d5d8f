import type { GuideField, GuideSection, GuideStep, LinkKeyChoice } from './guide.js';

/** Stands for the organization's endpoint URL until a guide is filled in. */
export const ENDPOINT_URL = '{endpointUrl}';

const withNote = (field: GuideField, note: string | undefined): GuideField =>
  note === undefined ? field : { ...field, note };

export const copy = (label: string, value: string, note?: string): GuideField =>
  withNote({ kind: 'copy', label, value }, note);

export const token = (label: string, note?: string): GuideField =>
  withNote({ kind: 'token', label, value: null }, note);

export const choose = (label: string, value: string, note?: string): GuideField =>
  withNote({ kind: 'choose', label, value }, note);

export const tick = (label: string, note?: string): GuideField => withNote({ kind: 'tick', label, value: null }, note);

export const untick = (label: string, note?: string): GuideField =>
  withNote({ kind: 'untick', label, value: null }, note);

/** @param from the console's attribute. @param to the SCIM attribute. */
export const map = (from: string, to: string, note?: string): GuideField =>
  withNote({ kind: 'map', label: from, value: to }, note);

export const step = (text: string, ...fields: readonly GuideField[]): GuideStep => ({ text, fields });

const section =
  (id: GuideSection['id'], title: string) =>
  (...steps: readonly GuideStep[]): GuideSection => ({ id, title, steps, choices: [] });

export const connect = section('connect', 'Connect');
export const attributes = section('attributes', 'What else is sent');
export const removal = section('removal', 'Take access away');
export const groups = section('groups', 'Groups');
export const start = section('start', 'Start');

/** The step that decides whether people find their account. */
export const linkKey = (choices: readonly LinkKeyChoice[], ...steps: readonly GuideStep[]): GuideSection => ({
  id: 'link-key',
  title: 'Make sign-in and provisioning agree',
  steps: [
    step(
      'At their first sign-in a person is found by their SAML NameID: it must be equal to the externalId or to the userName that SCIM sent. E-mail addresses are never used for it. Set both sides as follows, for everybody in the same way.',
    ),
    ...steps,
  ],
  choices,
});

export const byExternalId = (
  why: string,
  { recommended }: { readonly recommended: boolean },
  ...steps: readonly GuideStep[]
): LinkKeyChoice => ({ id: 'externalId', recommended, title: 'NameID = externalId', why, steps });

export const byUserName = (
  why: string,
  { recommended }: { readonly recommended: boolean },
  ...steps: readonly GuideStep[]
): LinkKeyChoice => ({ id: 'userName', recommended, title: 'NameID = userName', why, steps });

/** What a name that changes does to a sign-in. */
export const RENAMES =
  'A person whose name changes there signs in with a NameID that nobody knows yet: the sign-in is refused until an owner unlinks the person here.';
