import { initialState, nextState, type StateChange } from '../../../src/scim/identities/identity-state.js';
import type { IdentityState } from '../../../src/scim/index.js';

describe('initialState', () => {
  it.each([
    [true, false, 'provisioned'],
    [true, true, 'active'],
    [false, false, 'suspended'],
    [false, true, 'suspended'],
  ] as const)('makes an identity with active %s and linked %s %s', (active, linked, state) => {
    expect(initialState(active, linked)).toBe(state);
  });
});

describe('nextState', () => {
  it.each<[IdentityState, StateChange, boolean, IdentityState]>([
    ['provisioned', 'deactivate', false, 'suspended'],
    ['active', 'deactivate', true, 'suspended'],
    ['suspended', 'deactivate', true, 'suspended'],
    ['suspended', 'reactivate', false, 'provisioned'],
    ['suspended', 'reactivate', true, 'active'],
    ['provisioned', 'reactivate', false, 'provisioned'],
    ['active', 'reactivate', true, 'active'],
    ['provisioned', 'link', true, 'active'],
    ['active', 'link', true, 'active'],
    ['suspended', 'link', true, 'suspended'],
    ['provisioned', 'deprovision', false, 'deprovisioned'],
    ['active', 'deprovision', true, 'deprovisioned'],
    ['suspended', 'deprovision', true, 'deprovisioned'],
  ])('takes %s by %s (linked: %s) to %s', (state, change, linked, next) => {
    expect(nextState(state, change, linked)).toBe(next);
  });

  it.each(['deactivate', 'reactivate', 'link', 'deprovision'] as const)(
    'never lets a deprovisioned identity %s',
    (change) => {
      expect(() => nextState('deprovisioned', change, true)).toThrow('never changes');
    },
  );
});
