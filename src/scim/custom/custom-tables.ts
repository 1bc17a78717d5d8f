import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { type CustomStatements, customStatements } from '../persistence/custom-statements.js';
import { type CustomTable, readTable } from '../persistence/custom-table.js';
import { SCIM_DATA_SOURCE } from '../persistence/scim-database.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { CustomResourceType } from '../scim.options.js';
import { SCIM_CUSTOM_TYPES } from './custom-types.js';

/** A custom type with where its resources are, and how they are read and written. */
export interface CustomRows {
  readonly table: CustomTable;
  readonly statements: CustomStatements;
}

/** The tables of the custom types, as the host's DataSource describes them; checked when the host starts. */
@Injectable()
export class CustomTables implements OnApplicationBootstrap {
  private known: ReadonlyMap<string, CustomRows> | undefined;

  constructor(
    @Inject(SCIM_CUSTOM_TYPES) private readonly definitions: readonly CustomResourceType[],
    @Inject(SCIM_DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly resourceTypes: ResourceTypes,
  ) {}

  onApplicationBootstrap(): void {
    this.known ??= this.readAll();
  }

  /** @param name of the type. @throws Error for a type that is not among the module's `resourceTypes`. */
  of(name: string): CustomRows {
    // A DataSource of a host may be initialized after this was made.
    this.known ??= this.readAll();
    const rows = this.known.get(name);
    if (!rows) throw new Error(`There is no resource type "${name}" among the module's resourceTypes.`);
    return rows;
  }

  private readAll(): ReadonlyMap<string, CustomRows> {
    const known = new Map<string, CustomRows>();
    for (const definition of this.definitions) {
      const { name } = definition.type;
      const rows = this.read(definition);
      const sharing = [...known.values()].find(({ table }) => table.name === rows.table.name);
      if (sharing && definition.entity) {
        throw new Error(`The SCIM resource types "${sharing.table.resourceType.name}" and "${name}" share a table.`);
      }
      known.set(name, rows);
    }
    return known;
  }

  private read(definition: CustomResourceType): CustomRows {
    const { name } = definition.type;
    const resourceType = this.resourceTypes.custom.find((type) => type.name === name) ?? definition.type;
    try {
      const table = readTable(definition, resourceType, this.dataSource);
      return { table, statements: customStatements(table) };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new Error(`The SCIM resource type "${name}": ${detail}`, { cause: error });
    }
  }
}
