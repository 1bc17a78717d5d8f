import { Injectable } from '@nestjs/common';
import { ScimConnectionsService } from '../connections/scim-connections.service.js';
import type { GuideId, SetupGuide } from '../guides/guide.js';
import { allGuides, fillGuide, findGuide, guideOf } from '../guides/guides.js';
import { ScimPaths } from '../http/scim-paths.js';
import type { Idp } from '../log/recognise-idp.js';

/** Which guides there are, and which one an organization needs. */
export interface GuideListing {
  /** The identity provider as its traffic tells; null before the first request. */
  readonly recognised: Idp | 'generic' | null;
  /** Null before the first request. */
  readonly recommended: GuideId | null;
  readonly guides: readonly { readonly id: GuideId; readonly name: string; readonly summary: string }[];
}

/** Set-up guides for identity providers, with the URL of this instance in them. No guide holds a token. */
@Injectable()
export class ScimGuides {
  constructor(
    private readonly connections: ScimConnectionsService,
    private readonly paths: ScimPaths,
  ) {}

  async list(organizationId: string): Promise<GuideListing> {
    const recognised = await this.connections.recognise(organizationId);
    return {
      recognised,
      recommended: recognised === null ? null : guideOf(recognised).id,
      guides: allGuides.map(({ id, name, summary }) => ({ id, name, summary })),
    };
  }

  /** The whole guide. @param id as `list` names it; undefined for another one. */
  get(id: string): SetupGuide | undefined {
    const guide = findGuide(id);
    return guide && fillGuide(guide, { endpointUrl: this.paths.baseUrl });
  }
}
