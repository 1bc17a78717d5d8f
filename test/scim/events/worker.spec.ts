import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { scimEntities, ScimModule } from '../../../src/scim/index.js';
import { createTestDatabase } from '../../support/database.js';
import { TestOrganizations } from '../../support/module-host.js';
import { whenDelivered } from '../../support/when-delivered.js';
import { Recorder } from './recorder.js';
import { startRelayHost } from './relay-host.js';

describe('a worker without a server', () => {
  it('delivers what other processes write', async () => {
    const database = await createTestDatabase();
    const writer = await startRelayHost({ databaseUrl: database.url });
    const { id } = await (await writer.client()).createUser({ userName: 'ada' });

    class WorkerModule {}
    Module({
      imports: [
        TypeOrmModule.forRoot({ type: 'postgres', url: database.url, entities: [...scimEntities], retryAttempts: 0 }),
        ScimModule.forRoot({ baseUrl: 'https://app.example.com', organizations: new TestOrganizations() }),
      ],
      providers: [Recorder],
    })(WorkerModule);
    const worker = await NestFactory.createApplicationContext(WorkerModule, { logger: false, abortOnError: false });
    await whenDelivered(writer.dataSource);
    expect(worker.get(Recorder).sequencesOf(id)).toEqual([1]);
    expect(await writer.effects(id)).toEqual([1]);
    await worker.close();
    await writer.stop();
    await database.drop();
  });
});
