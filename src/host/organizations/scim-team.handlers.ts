import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  GroupCreated,
  GroupDeleted,
  GroupMembersChanged,
  GroupUpdated,
  OnScimEvent,
  type ScimEventContext,
  UserLinked,
  UserReactivated,
} from '../../scim/index.js';
import { GroupTeamsService, type People } from './group-teams.service.js';

type TeamEvent = GroupCreated | GroupUpdated | GroupMembersChanged | GroupDeleted | UserLinked | UserReactivated;

/** Teams follow the identity provider's groups. No group makes anybody an owner: teams have no roles. */
@Injectable()
export class ScimTeamHandlers {
  constructor(private readonly groupTeams: GroupTeamsService) {}

  /** One consumer, so that what happens to one group, or to one person, comes in order. */
  @OnScimEvent([GroupCreated, GroupUpdated, GroupMembersChanged, GroupDeleted, UserLinked, UserReactivated], {
    consumer: 'organizations.teams',
  })
  async followGroups(event: TeamEvent, { manager }: ScimEventContext): Promise<void> {
    await this.groupTeams.follow(event.organizationId, await this.concerned(event, manager), manager);
  }

  /** People without an account wait: they get their teams with {@link UserLinked}. */
  private async concerned(event: TeamEvent, manager: EntityManager): Promise<People> {
    switch (event.type) {
      case UserLinked.type:
      case UserReactivated.type:
        return [event.identityId];
      case GroupUpdated.type:
        // A name grants nothing.
        return event.changed.includes('externalId') ? 'everybody' : [];
      case GroupDeleted.type:
        // Its members are not told.
        return 'everybody';
      case GroupCreated.type:
      case GroupMembersChanged.type:
        return this.members([...(event.added ?? []), ...(event.removed ?? [])], event.organizationId, manager);
    }
  }

  /** A member that is a group stands for everybody in it, and may be gone by now. */
  private async members(ids: readonly string[], organizationId: string, manager: EntityManager): Promise<People> {
    if (ids.length === 0) return [];
    const people = await this.groupTeams.selectPeople(organizationId, ids, manager);
    return people.length < new Set(ids).size ? 'everybody' : people;
  }
}
