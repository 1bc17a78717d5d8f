import { IsString, MaxLength } from 'class-validator';
import { IsText, MayBeAbsent } from '../http/text.js';

export class LoginDto {
  @IsText(0, 320)
  email: string;

  @IsString()
  @MaxLength(1000)
  password: string;

  @MayBeAbsent()
  @IsText(0, 63)
  organization?: string;
}

export class NewApiKeyDto {
  @MayBeAbsent()
  @IsText(0, 100)
  label?: string;
}
