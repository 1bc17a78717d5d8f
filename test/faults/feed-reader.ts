import type { ScimAdminOptions } from '../../src/scim/index.js';
import { EverybodyGuard } from '../support/module-host.js';

/** A feed of events that everybody may read. */
export const openAdmin: ScimAdminOptions = {
  path: 'admin/:organizationId',
  guards: [EverybodyGuard],
  organizationOf: (request) => (request as { params: { organizationId: string } }).params.organizationId,
};

interface FeedEvent {
  readonly id: string;
  readonly partitionkey: string;
  readonly sequence: string;
}

/** Somebody outside who comes and asks what happened, again and again, and keeps how far they got. */
export class FeedReader {
  readonly events: FeedEvent[] = [];
  private after: string | undefined;

  constructor(
    private readonly hostUrl: string,
    private readonly organizationId: string,
    private readonly limit: number,
  ) {}

  /** Reads until `isOver` says so and nothing is left after that. */
  async read(isOver: () => boolean): Promise<void> {
    for (;;) {
      const wasOver = isOver();
      const after = this.after === undefined ? '' : `&after=${encodeURIComponent(this.after)}`;
      const url = `${this.hostUrl}/admin/${this.organizationId}/events?limit=${this.limit}${after}`;
      const response = await fetch(url);
      if (response.status !== 200) throw new Error(`The feed answered ${response.status}: ${await response.text()}`);
      const page = (await response.json()) as { events: FeedEvent[]; next: string; hasMore: boolean };
      this.events.push(...page.events);
      this.after = page.next;
      if (wasOver && !page.hasMore && page.events.length === 0) return;
    }
  }

  /** @param stored ids of all events there are. */
  findViolations(stored: readonly string[]): string[] {
    const seen = new Set(this.events.map(({ id }) => id));
    const missed = stored.filter((id) => !seen.has(id));
    const last = new Map<string, string>();
    const disordered = this.events.filter(({ partitionkey, sequence }) => {
      const before = last.get(partitionkey) ?? '';
      last.set(partitionkey, sequence);
      return before >= sequence;
    });
    return [
      ...(missed.length > 0 ? [`the feed missed ${missed.length} events of ${stored.length}`] : []),
      ...(seen.size < this.events.length ? [`the feed had ${this.events.length - seen.size} events twice`] : []),
      ...(disordered.length > 0 ? [`the feed had ${disordered.length} events out of their order`] : []),
    ];
  }
}
