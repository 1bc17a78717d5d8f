import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { HostSettings } from './host-settings.js';

export const HOST_SETTINGS = Symbol('host:settings');

/** Lets every provider inject the settings. */
@Global()
@Module({})
export class HostSettingsModule {
  static forRoot(settings: HostSettings): DynamicModule {
    return {
      module: HostSettingsModule,
      providers: [{ provide: HOST_SETTINGS, useValue: settings }],
      exports: [HOST_SETTINGS],
    };
  }
}
