import { createPublicKey } from 'node:crypto';
import { Transform } from 'class-transformer';
import { IsBoolean, IsUrl, registerDecorator } from 'class-validator';
import { IsText } from '../http/text.js';

/** Body of `PUT /api/organizations/:slug/saml`. */
export class SamlSettingsDto {
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  @IsText(1, 2000)
  signOnUrl: string;

  @IsText(1, 1000)
  issuer: string;

  @IsText(1, 20_000)
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? toPem(value) : value))
  @IsSigningKey()
  certificate: string;

  @IsBoolean()
  enabled: boolean;

  @IsBoolean()
  allowJit: boolean;
}

/** Some identity providers show the bare base64. */
function toPem(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('-----BEGIN ') || !/^[A-Za-z0-9+/=\s]+$/.test(trimmed)) return trimmed;
  const lines = trimmed.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n');
}

function IsSigningKey(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isSigningKey',
      target: target.constructor,
      propertyName: String(propertyName),
      options: { message: 'certificate must be an X.509 certificate or a public key in PEM' },
      validator: { validate: (value: unknown) => typeof value === 'string' && isPublicKey(value) },
    });
  };
}

function isPublicKey(pem: string): boolean {
  // Node would derive the public key of a private one; that must not be stored here.
  if (pem.includes('PRIVATE KEY')) return false;
  try {
    return createPublicKey(pem).type === 'public';
  } catch {
    return false;
  }
}
