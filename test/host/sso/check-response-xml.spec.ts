import { checkResponseXml } from '../../../src/host/sso/check-response-xml.js';

const SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';

describe('checkResponseXml', () => {
  it.each([
    '<Response/>',
    '<?xml version="1.0" encoding="UTF-8"?><Response/>',
    `<SignatureMethod Algorithm="${SHA256}"/>`,
    `<SignatureMethod Algorithm = '${SHA256}' />`,
    '<AttributeValue>Head of Algorithms</AttributeValue><AttributeValue>Algorithm</AttributeValue>',
  ])('lets %j pass', (xml) => {
    expect(() => checkResponseXml(xml)).not.toThrow();
  });

  it.each([
    '<!DOCTYPE Response><Response/>',
    '<?xml version="1.0"?><!DOCTYPE Response [<!ENTITY a "b">]><Response/>',
    '<Response><!-- --></Response>',
    '<Response><![CDATA[x]]></Response>',
    '<Response><?x y?></Response>',
    '<Response/><?xml version="1.0"?>',
    '<?xml version="1.0"?><?xml version="1.0"?><Response/>',
    '<?xml-stylesheet href="x"?><Response/>',
  ])('refuses %j, which parsers read differently', (xml) => {
    expect(() => checkResponseXml(xml)).toThrow('document type');
  });

  it.each([
    `<SignatureMethod Algorithm="${SHA1}"/>`,
    `<SignatureMethod Algorithm='${SHA1}'/>`,
    `<SignatureMethod Algorithm\n=\n"${SHA1}"/>`,
    `<SignatureMethod Algorithm=${SHA1} />`,
    `<SignatureMethod Algorithm"${SHA1}"/>`,
    `<SignatureMethod Algorithm="${SHA1.replace('a1', '&#97;1')}"/>`,
    `<DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/>`,
    `<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"/>`,
    `<SignatureMethod a='Algorithm="' Algorithm="${SHA1}"/>`,
    `<SignatureMethod Algorithm="${SHA256}" Algorithm="${SHA1}"/>`,
    `<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>`,
    `<SignatureMethod Algorithm=""/>`,
  ])('refuses the algorithm of %j', (xml) => {
    expect(() => checkResponseXml(xml)).toThrow('algorithm');
  });
});
