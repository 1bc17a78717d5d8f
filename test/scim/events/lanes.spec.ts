import { Lanes } from '../../../src/scim/events/lanes.js';

const passenger = (aggregateId: string, consumer = 'a') => ({ aggregateId, consumer });

describe('lanes', () => {
  it('are four, of which one consumer has three at most', () => {
    const lanes = new Lanes();
    expect(['1', '2', '3', '4'].map((id) => lanes.enter(passenger(id)))).toEqual([true, true, true, false]);
    expect([lanes.hasRoomFor('a'), lanes.hasRoomFor('b')]).toEqual([false, true]);
    expect(['1', '2'].map((id) => lanes.enter(passenger(id, 'b')))).toEqual([true, false]);
    lanes.leave(passenger('2'));
    expect(lanes.enter(passenger('4'))).toBe(true);
  });

  it('never have one identity and consumer twice', () => {
    const lanes = new Lanes();
    expect(lanes.enter(passenger('1'))).toBe(true);
    expect(lanes.enter(passenger('1'))).toBe(false);
    lanes.leave(passenger('1'));
    expect(lanes.enter(passenger('1'))).toBe(true);
  });

  it('serve those who wait before those who only try, in their order', async () => {
    const lanes = new Lanes();
    for (const id of ['1', '2', '3']) lanes.enter(passenger(id));
    const order: string[] = [];
    const waits = ['4', '5'].map((id) => lanes.enterWithin(passenger(id), 10_000).then(() => order.push(id)));
    lanes.leave(passenger('1'));
    expect(lanes.enter(passenger('6'))).toBe(false);
    lanes.leave(passenger('2'));
    await Promise.all(waits);
    expect(order).toEqual(['4', '5']);
  });

  it('let somebody pass who waits for another consumer', async () => {
    const lanes = new Lanes();
    for (const id of ['1', '2', '3']) lanes.enter(passenger(id));
    const waiting = lanes.enterWithin(passenger('4'), 10_000);
    expect(lanes.enter(passenger('1', 'b'))).toBe(true);
    lanes.leave(passenger('1'));
    expect(await waiting).toBe(true);
  });

  it('are waited for no longer than asked, and then not taken', async () => {
    const lanes = new Lanes();
    lanes.enter(passenger('1'));
    expect(await lanes.enterWithin(passenger('1'), 1)).toBe(false);
    lanes.leave(passenger('1'));
    await lanes.empty();
  });
});
