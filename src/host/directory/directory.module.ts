import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { DevicesController } from './devices.controller.js';

/** What the identity provider keeps here beside people and groups. */
@Module({ imports: [AuthModule], controllers: [DevicesController] })
export class DirectoryModule {}
