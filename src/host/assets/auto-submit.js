/** Sends the SAML response on its way; the button is for browsers without scripts. */
document.getElementById('auto-submit').submit();
