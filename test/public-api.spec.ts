describe('the front door', () => {
  it('exports these names, and a change of the list is a change for every host', async () => {
    const names = Object.keys(await import('../src/scim/index.js')).sort();
    expect(names).toMatchInlineSnapshot(`
     [
       "GroupCreated",
       "GroupDeleted",
       "GroupEvent",
       "GroupMembersChanged",
       "GroupUpdated",
       "GroupsService",
       "IdentityLinksService",
       "OnScimEvent",
       "ProvisionedIdentity",
       "ScimEntitlements",
       "ScimError",
       "ScimEventsService",
       "ScimModule",
       "ScimTokensService",
       "TOKEN_SCOPES",
       "TokenCreated",
       "TokenEvent",
       "TokenRevoked",
       "UserDeactivated",
       "UserDeprovisioned",
       "UserEvent",
       "UserLinked",
       "UserProvisioned",
       "UserReactivated",
       "UserUpdated",
       "UsersService",
       "scimEntities",
       "scimMigrations",
     ]
    `);
  });
});
