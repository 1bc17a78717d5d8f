/** Why a single sign-on was refused, in words for the person who stands before the page. */
const TEXTS: Readonly<Record<string, string>> = {
  'no-seat':
    'All seats of this organization are taken. Ask an owner to free a seat or to add more, then sign in again.',
  'membership-suspended': 'An owner of this organization has suspended your membership. Ask them to lift it.',
  suspended: 'Your access to this organization was switched off by your identity provider. Ask your IT department.',
  deprovisioned: 'You were removed from this organization by your identity provider. Ask your IT department.',
  ambiguous:
    'Two provisioned people match your sign-in, so it is not clear who you are. Ask your IT department to correct one.',
  'identity-already-linked': 'The person you signed in as is linked to another sign-in name already.',
  'account-already-linked':
    'The account you were signed in to belongs to another person of this organization already. Sign out, then try again.',
  'unusable-name-id':
    'Your identity provider sends no name for you that stays the same at every sign-in. A persistent one is needed.',
  'jit-disabled': 'Nobody has set up access for you yet. Ask your IT department to assign you to this application.',
  'sso-off': 'SAML sign-in is not set up for this organization, or it is switched off.',
  'not-verified': 'The answer of your identity provider could not be verified, or it was used before. Start again.',
  'request-used': 'This sign-in took too long or was completed before. Start again.',
  'other-browser': 'This sign-in was begun in another browser, or yours keeps no cookies. Begin again in this browser.',
};

export const refusalText = (reason: string): string => TEXTS[reason] ?? 'The sign-in was refused.';
