import { Module } from '@nestjs/common';
import { DemoIdpService } from './demo-idp.service.js';

@Module({ providers: [DemoIdpService], exports: [DemoIdpService] })
export class DemoIdpModule {}
