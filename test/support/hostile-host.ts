import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  HttpException,
  type INestApplication,
  Injectable,
  type NestInterceptor,
  Post,
  Put,
  Query,
  SetMetadata,
  ValidationPipe,
  VersioningType,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, HttpAdapterHost, Reflector } from '@nestjs/core';
import { IsBoolean, IsString } from 'class-validator';
import { map, type Observable, tap } from 'rxjs';
import type { ModuleHostSettings } from './module-host.js';

class Note {
  @IsString()
  text = '';

  @IsBoolean()
  pinned = false;
}

/** What the host has of its own. */
@Controller('notes')
@SetMetadata('isPublic', true)
class NotesController {
  @Post()
  create(@Body() note: Note): Note {
    return note;
  }

  @Put()
  replace(): never {
    throw new Error('a mistake of the host');
  }

  @Get()
  list(@Query('tags') tags: string): { tags: string } {
    return { tags };
  }
}

@Controller('secrets')
class SecretsController {
  @Get()
  list(): string[] {
    return ['never seen'];
  }
}

@Injectable()
class DenyAllGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride('isPublic', [context.getHandler(), context.getClass()]) === true;
  }
}

/** Wraps what handlers return, and sets a header when they are done, as a response timer does. */
@Injectable()
class WrappingInterceptor implements NestInterceptor {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<unknown>();
    return next.handle().pipe(
      map((data: unknown) => ({ data })),
      tap(() => this.adapterHost.httpAdapter.setHeader(response, 'X-Time', '1 ms')),
    );
  }
}

@Catch()
@Injectable()
class CatchAllFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const status = exception instanceof HttpException ? exception.getStatus() : 500;
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse<unknown>(), { oops: status }, status);
  }
}

/** A host that does to every request what hosts do: prefix, versions, pipe, interceptor, filter, guard. */
export const hostileHost: ModuleHostSettings = {
  extras: { metadata: { isPublic: true } },
  controllers: [NotesController, SecretsController],
  providers: [
    { provide: APP_GUARD, useClass: DenyAllGuard },
    { provide: APP_INTERCEPTOR, useClass: WrappingInterceptor },
    { provide: APP_FILTER, useClass: CatchAllFilter },
  ],
  configure: (app: INestApplication) => {
    app.setGlobalPrefix('api');
    app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    app.useGlobalPipes(
      new ValidationPipe({
        whitelist: true,
        forbidNonWhitelisted: true,
        transform: true,
        transformOptions: { enableImplicitConversion: true },
      }),
    );
  },
};
