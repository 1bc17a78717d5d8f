/** What a SAML response may name as its algorithms: canonical forms, SHA-2 digests and signatures made with them. */
const ALGORITHMS = [
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512',
];

const DECLARATION = /^\s*<\?xml\s[^<>]*\?>/;
const AN_ALGORITHM = /Algorithm\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * Refuses what no identity provider sends and what parsers have disagreed about: comments, CDATA, processing instructions
 * and document types, whose text some readers see and others do not; and algorithms that can be forged (SHA-1).
 *
 * It looks at characters, before any parser does, and that is exact: in XML a `<` inside a text or a value is always
 * escaped, so `<!` and `<?` are nothing else; and an attribute's name cannot be written in another way.
 * @throws Error with the reason, for the log.
 */
export function checkResponseXml(xml: string): void {
  if (/<[!?]/.test(xml.replace(DECLARATION, ''))) {
    throw new Error('The response holds a comment, CDATA, a processing instruction or a document type.');
  }
  const others = xml.replaceAll(AN_ALGORITHM, (text, double?: string, single?: string) =>
    ALGORITHMS.includes(double ?? single ?? '') ? '' : text,
  );
  if (/Algorithm\s*["'=]/.test(others)) throw new Error('The response names an algorithm that is not accepted.');
}
