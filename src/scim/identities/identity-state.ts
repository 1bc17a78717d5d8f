import type { IdentityState } from '../persistence/entities/provisioned-identity.entity.js';

/** What can happen to a live identity's state. */
export type StateChange = 'deactivate' | 'reactivate' | 'link' | 'unlink' | 'deprovision';

/** The state an identity is born in. */
export const initialState = (active: boolean, linked: boolean): IdentityState =>
  active ? (linked ? 'active' : 'provisioned') : 'suspended';

/** The one table of transitions, whatever the wire form of a change was. */
export function nextState(state: IdentityState, change: StateChange, linked: boolean): IdentityState {
  if (state === 'deprovisioned') throw new Error('A deprovisioned identity never changes its state again.');
  switch (change) {
    case 'deactivate':
      return 'suspended';
    case 'reactivate':
      return state === 'suspended' ? (linked ? 'active' : 'provisioned') : state;
    case 'link':
      return state === 'provisioned' ? 'active' : state;
    case 'unlink':
      return state === 'active' ? 'provisioned' : state;
    case 'deprovision':
      return 'deprovisioned';
  }
}
