import { Injectable } from '@nestjs/common';
import type { WrittenGuide } from '../guides/guide.js';
import { findGuide, guideOf } from '../guides/guides.js';
import { findProofScope } from '../identities/proven-links.js';
import {
  countPeople,
  findSeenLogins,
  type PeopleCounts,
  samplePeople,
  type SeenLoginRow,
  type SentNames,
} from '../persistence/link-check-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { ScimEntitlements } from '../tokens/scim-entitlements.js';
import { judgeLinks, type LinkCheck } from './judge-links.js';
import { recogniseConnection } from './recognise-connection.js';
import { sentAttributes } from './sent-names.js';

/** Compares the NameIDs of sign-ins with what SCIM sent. */
@Injectable()
export class ScimLinkCheck {
  constructor(
    private readonly database: ScimDatabase,
    private readonly entitlements: ScimEntitlements,
  ) {}

  /** @throws ScimError 503 when the host cannot say which SSO connection counts. */
  async of(organizationId: string): Promise<LinkCheck> {
    const { ssoConnectionId } = await findProofScope(this.entitlements, organizationId);
    const [[people], sample, logins, { idp }] = await Promise.all([
      this.database.run<PeopleCounts>(countPeople, [organizationId]),
      this.database.run<SentNames>(samplePeople, [organizationId]),
      this.database.run<SeenLoginRow>(findSeenLogins, [organizationId, ssoConnectionId]),
      recogniseConnection(this.database, organizationId),
    ]);
    return judgeLinks({
      people: people ?? { total: 0, linked: 0, notLinked: 0 },
      sample,
      logins,
      guide: wordsFor(guideOf(idp), sample),
    });
  }
}

/** Ids of Okta tell it where its traffic does not. */
function wordsFor(guide: WrittenGuide, sample: readonly SentNames[]): WrittenGuide {
  const isOkta = guide.id === 'generic' && sentAttributes(sample).some(({ shape }) => shape === 'okta-id');
  return (isOkta ? findGuide('okta') : undefined) ?? guide;
}
