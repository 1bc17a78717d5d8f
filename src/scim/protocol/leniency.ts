/** RFC 7643 §2.3.2, RFC 7644 §3.1 and §3.5.2: where identity providers send what the RFC does not have, and whether it is taken. */

/** One fact for each deviation that the strict profile refuses (checklist, Appendix A). */
export interface Leniency {
  /** `"True"` and `"false"` for booleans: Entra, Keycloak's client (P-087, C4). */
  readonly textForBooleans: boolean;
  /** Bodies whose `schemas` do not name what they are (P-085, P-130). */
  readonly bodiesWithoutSchema: boolean;
  /** `replace` of a value that a filter describes and nobody has, which makes one: Entra (P-175, C1). */
  readonly replacingMissingValues: boolean;
  /** `remove` with a list of what goes in `value`: Entra, JumpCloud, authentik (P-195, P-196, C2). */
  readonly listsToRemove: boolean;
}

export const lenient: Leniency = {
  textForBooleans: true,
  bodiesWithoutSchema: true,
  replacingMissingValues: true,
  listsToRemove: true,
};

/** The letter of the RFC. */
export const strict: Leniency = {
  textForBooleans: false,
  bodiesWithoutSchema: false,
  replacingMissingValues: false,
  listsToRemove: false,
};

/** How bodies are read that are about resources of a type. */
export const leniencyOf = ({ leniency = lenient }: { readonly leniency?: Leniency }): Leniency => leniency;
