/** RFC 7643 §4.1 and §8.7.1: the User schema. */
import { binary, boolean, complex, plural, reference, simple } from './attribute.js';
import type { Schema } from './schema.js';

const readOnly = { mutability: 'readOnly' } as const;

export const userSchema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: [
    simple({
      name: 'userName',
      description: 'The name the user is known by to the service provider, unique in the organization.',
      required: true,
      uniqueness: 'server',
    }),
    complex({
      name: 'name',
      description: "The components of the user's name.",
      subAttributes: [
        simple({ name: 'formatted', description: 'The full name, formatted for display.' }),
        simple({ name: 'familyName', description: 'The family name, or last name.' }),
        simple({ name: 'givenName', description: 'The given name, or first name.' }),
        simple({ name: 'middleName', description: 'The middle names.' }),
        simple({ name: 'honorificPrefix', description: 'The honorific prefix, or title, e.g. "Ms.".' }),
        simple({ name: 'honorificSuffix', description: 'The honorific suffix, e.g. "III".' }),
      ],
    }),
    simple({ name: 'displayName', description: 'The name of the user, suitable for display.' }),
    simple({ name: 'nickName', description: 'The casual way to address the user.' }),
    reference({ name: 'profileUrl', description: "The URL of the user's profile.", referenceTypes: ['external'] }),
    simple({ name: 'title', description: 'The title, such as "Vice President".' }),
    simple({ name: 'userType', description: 'How the user and the organization relate, such as "Employee".' }),
    simple({ name: 'preferredLanguage', description: 'The preferred languages, as in an Accept-Language header.' }),
    simple({ name: 'locale', description: 'The locale for dates, numbers and currency, such as "en-US".' }),
    simple({ name: 'timezone', description: 'The time zone as an IANA name, such as "Europe/Paris".' }),
    boolean({ name: 'active', description: 'Whether the user may use the service.' }),
    simple({
      name: 'password',
      description: 'A password; it is accepted and discarded, because users sign in by single sign-on.',
      mutability: 'writeOnly',
      returned: 'never',
    }),
    plural({
      name: 'emails',
      description: 'E-mail addresses.',
      thing: 'e-mail address',
      value: simple({ name: 'value', description: 'The e-mail address.' }),
      types: ['work', 'home', 'other'],
    }),
    plural({
      name: 'phoneNumbers',
      description: 'Telephone numbers.',
      thing: 'telephone number',
      value: simple({ name: 'value', description: 'The telephone number.' }),
      types: ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
    }),
    plural({
      name: 'ims',
      description: 'Instant messaging addresses.',
      thing: 'instant messaging address',
      value: simple({ name: 'value', description: 'The instant messaging address.' }),
      types: ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo'],
    }),
    plural({
      name: 'photos',
      description: 'URLs of photos.',
      thing: 'photo',
      value: reference({ name: 'value', description: 'The URL of the photo.', referenceTypes: ['external'] }),
      types: ['photo', 'thumbnail'],
    }),
    complex({
      name: 'addresses',
      description: 'Postal addresses.',
      multiValued: true,
      subAttributes: [
        simple({ name: 'formatted', description: 'The full address, formatted for display or a mailing label.' }),
        simple({ name: 'streetAddress', description: 'Street, house number, apartment; may hold newlines.' }),
        simple({ name: 'locality', description: 'The city or locality.' }),
        simple({ name: 'region', description: 'The state or region.' }),
        simple({ name: 'postalCode', description: 'The postal code.' }),
        simple({ name: 'country', description: 'The country.' }),
        simple({
          name: 'type',
          description: 'A label for the function of the address.',
          canonicalValues: ['work', 'home', 'other'],
        }),
        boolean({ name: 'primary', description: 'True for the preferred address.' }),
      ],
    }),
    complex({
      name: 'groups',
      description: 'The groups the user belongs to; changed through the groups themselves.',
      multiValued: true,
      ...readOnly,
      subAttributes: [
        simple({ name: 'value', description: 'The id of the group.', caseExact: true, ...readOnly }),
        reference({ name: '$ref', description: 'The URL of the group.', referenceTypes: ['Group'], ...readOnly }),
        simple({ name: 'display', description: 'The name of the group.', ...readOnly }),
        simple({
          name: 'type',
          description: 'Whether the membership is direct or comes from a nested group.',
          canonicalValues: ['direct', 'indirect'],
          ...readOnly,
        }),
      ],
    }),
    plural({
      name: 'entitlements',
      description: 'What the user is entitled to.',
      thing: 'entitlement',
      value: simple({ name: 'value', description: 'The entitlement.' }),
    }),
    plural({
      name: 'roles',
      description: 'Who the user is, such as "Student" or "Faculty".',
      thing: 'role',
      value: simple({ name: 'value', description: 'The role.' }),
    }),
    plural({
      name: 'x509Certificates',
      description: "The user's certificates.",
      thing: 'certificate',
      value: binary({ name: 'value', description: 'A DER-encoded X.509 certificate in base64.' }),
    }),
  ],
} as const satisfies Schema;
