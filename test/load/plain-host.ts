import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  type INestApplication,
  Module,
  NotFoundException,
  Param,
  Patch,
  Post,
  Query,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import pg from 'pg';
import { Column, Entity, Index, PrimaryColumn, Repository } from 'typeorm';
import { ORGANIZATION } from './fill-directory.js';

/** What a controller is compared with that knows nothing of SCIM: its user. */
@Entity('plain_user')
@Index(['organizationId', 'userNameKey'], { unique: true })
class PlainUser {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'text', name: 'user_name' })
  userName: string;

  @Column({ type: 'text', name: 'user_name_key' })
  userNameKey: string;

  @Column({ type: 'text', name: 'external_id', nullable: true })
  externalId: string | null;

  @Column({ type: 'boolean' })
  active: boolean;

  @Column({ type: 'jsonb' })
  attributes: object;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}

/** Plain Nest and TypeORM: one statement a request, no token, no validation, no event. */
@Controller('plain')
class PlainController {
  constructor(@InjectRepository(PlainUser) private readonly users: Repository<PlainUser>) {}

  @Post()
  async create(@Body() body: { userName: string; externalId?: string; active?: boolean }): Promise<object> {
    const { userName, externalId = null, active = true, ...attributes } = body;
    const user = { id: randomUUID(), organizationId: ORGANIZATION, userName, userNameKey: userName.toLowerCase() };
    await this.users.insert({ ...user, externalId, active, attributes });
    return { ...user, externalId, active, ...attributes };
  }

  @Get()
  async find(@Query('userName') userName: string): Promise<object> {
    return this.users.find({ where: { organizationId: ORGANIZATION, userNameKey: userName.toLowerCase() } });
  }

  @Get(':id')
  async get(@Param('id') id: string): Promise<object> {
    const user = await this.users.findOneBy({ organizationId: ORGANIZATION, id });
    if (!user) throw new NotFoundException();
    return user;
  }

  @Patch(':id')
  @HttpCode(204)
  async patch(@Param('id') id: string, @Body() { active }: { active: boolean }): Promise<void> {
    await this.users.update({ organizationId: ORGANIZATION, id }, { active });
  }
}

/** On the same server and with as many connections as the module's host has. */
export async function startPlainHost(url: string): Promise<INestApplication> {
  class PlainModule {}
  Module({
    imports: [
      TypeOrmModule.forRoot({ type: 'postgres', url, entities: [PlainUser], synchronize: true, retryAttempts: 0 }),
      TypeOrmModule.forFeature([PlainUser]),
    ],
    controllers: [PlainController],
  })(PlainModule);
  const app = await NestFactory.create(PlainModule, { logger: ['fatal'], abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

/** The same users as the module has. */
export async function fillPlainUsers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO plain_user (id, organization_id, user_name, user_name_key, external_id, active, attributes)
       SELECT id, organization_id, user_name, user_name_key, external_id, active, attributes FROM scim_identity WHERE organization_id = $1`,
      [ORGANIZATION],
    );
    await client.query('VACUUM ANALYZE plain_user');
  } finally {
    await client.end();
  }
}
