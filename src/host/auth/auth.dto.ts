import { IsOptional, IsString, MaxLength } from 'class-validator';

export class LoginDto {
  @IsString()
  @MaxLength(320)
  email: string;

  @IsString()
  @MaxLength(1000)
  password: string;

  @IsOptional()
  @IsString()
  @MaxLength(63)
  organization?: string;
}

export class NewApiKeyDto {
  @IsOptional()
  @IsString()
  @MaxLength(100)
  label?: string;
}
