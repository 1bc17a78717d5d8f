import { Validator } from '@seriousme/openapi-schema-validator';
import { useHost } from '../../stories/organization.js';

describe('the OpenAPI document of the host', () => {
  const started = useHost();

  it('is there for everybody, is valid, and has what the host added', async () => {
    const answer = await fetch(`${started.host.url}/openapi.json`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    const document = (await answer.json()) as { paths: object; components: { schemas: object } };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/scim/v2/Users/{id}', '/scim/v2/Devices', '/api/organizations/{slug}/scim/tokens']),
    );
    expect(document.components.schemas).toMatchObject({
      'User.New': {
        properties: { 'urn:example:params:scim:schemas:extension:badge:2.0:User': { properties: { building: {} } } },
      },
    });
    const { valid, errors } = await new Validator().validate({ ...document });
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });
});
