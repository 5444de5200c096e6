import { describe, expect, test } from 'vitest';
import type { CoordinatorClient } from '../../../../coordinator/cli/client.ts';
import { connectAny, onceCalls } from '../../../../coordinator/cli/connect-any.ts';
import { takesRequestId, type AnyMethod } from '../../../../shared/client/calls.ts';
import { unreachable } from '../../../../shared/domain/assert.ts';
import { AppError } from '../../../../shared/platform/errors.ts';
import {
  allocationService,
  changeService,
  clusterService,
  schedulerService,
} from '../../../../shared/wire/services.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

type State =
  | { readonly kind: 'leads' }
  | { readonly kind: 'standby'; readonly leader: string }
  | { readonly kind: 'away' }
  | { readonly kind: 'breaks' }
  | { readonly kind: 'refuses' };

/** Coordinators that answer `getCluster` and `watchModels` as they stand. */
function fleet(states: Record<string, State>) {
  const asked: string[] = [];
  /** Under which ids something was scaled. */
  const ids: string[] = [];
  const answer = (address: string): string => {
    asked.push(address);
    const state = states[address] ?? { kind: 'away' };
    switch (state.kind) {
      case 'leads':
        return address;
      case 'standby':
        throw new AppError('NOT_LEADER', 'a standby', {
          facts: state.leader === '' ? {} : { leader: state.leader },
        });
      case 'away':
        throw new AppError('COORDINATOR_AWAY', 'away', { cause: 'nobody listens there' });
      case 'refuses':
        throw new AppError('MODEL_UNKNOWN', 'no such model');
      case 'breaks':
        throw new AppError('COORDINATOR_AWAY', 'away', { cause: new Error('read ECONNRESET') });
      default:
        return unreachable(state);
    }
  };
  const connect = (address: string): CoordinatorClient => {
    const client = {
      getCluster: async () => ({ clusterId: answer(address) }),
      watchModels: async function* () {
        yield answer(address);
        yield answer(address);
      },
      scaleModel: async () => {
        throw new Error('it is always sent under an id');
      },
      under: (requestId: string) => ({
        scaleModel: async () => {
          ids.push(requestId);
          return answer(address);
        },
      }),
      close: () => undefined,
    };
    return client as unknown as CoordinatorClient;
  };
  return { asked, ids, connect };
}

function client(states: Record<string, State>, addresses = Object.keys(states)) {
  const clock = new ManualClock();
  const { asked, ids, connect } = fleet(states);
  const signal = new AbortController().signal;
  return { api: connectAny(addresses, { connect, clock, signal }), asked, ids, clock };
}

const standby = (leader: string): State => ({ kind: 'standby', leader });
const leads: State = { kind: 'leads' };
const away: State = { kind: 'away' };

test('the leader that a standby names is asked, and remembered', async () => {
  const { api, asked } = client({ a: standby('c'), b: standby('c'), c: leads });
  expect(await api.getCluster()).toEqual({ clusterId: 'c' });
  expect(await api.getCluster()).toEqual({ clusterId: 'c' });
  expect(asked).toEqual(['a', 'c', 'c']);
});

test('a leader that was not configured is asked, too', async () => {
  const { api, asked } = client({ a: standby('elsewhere'), elsewhere: leads }, ['a']);
  expect(await api.getCluster()).toEqual({ clusterId: 'elsewhere' });
  expect(asked).toEqual(['a', 'elsewhere']);
});

test('whoever cannot be reached is passed over', async () => {
  const { api, asked } = client({ a: away, b: leads });
  expect(await api.getCluster()).toEqual({ clusterId: 'b' });
  expect(asked).toEqual(['a', 'b']);
});

test('while nobody leads they are asked in turn, and not for ever', async () => {
  const { api, asked, clock } = client({ a: standby(''), b: standby('') });
  const answered = api.getCluster().catch((error: unknown) => error);
  await clock.advance(10_000);
  expect(await answered).toMatchObject({ code: 'NOT_LEADER' });
  expect(asked.length).toBeGreaterThan(40);
  expect(asked.length).toBeLessThan(80);
});

test('an election that ends meanwhile is waited for', async () => {
  const states: Record<string, State> = { a: standby(''), b: away };
  const { api, clock } = client(states);
  const answered = api.getCluster();
  await clock.advance(2_000);
  states['a'] = leads;
  await clock.advance(500);
  expect(await answered).toEqual({ clusterId: 'a' });
});

test('a call whose connection broke is not made twice; the next one goes elsewhere', async () => {
  const { api, asked } = client({ a: { kind: 'breaks' }, b: leads });
  await expect(api.getCluster()).rejects.toMatchObject({ code: 'COORDINATOR_AWAY' });
  expect(asked).toEqual(['a']);
  expect(await api.getCluster()).toEqual({ clusterId: 'b' });
});

describe('what is sent under an id', () => {
  test('is sent again, elsewhere and under the same id, when its answer was lost', async () => {
    const { api, asked, ids } = client({ a: { kind: 'breaks' }, b: leads });
    expect(await api.scaleModel('m', 1)).toBe('b');
    expect(asked).toEqual(['a', 'b']);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(ids).size).toBe(1);
  });

  test('has another id the next time', async () => {
    const { api, ids } = client({ a: leads });
    await api.scaleModel('m', 1);
    await api.scaleModel('m', 1);
    expect(new Set(ids).size).toBe(2);
  });

  test('is asked of the same coordinator once it is back', async () => {
    const states: Record<string, State> = { a: { kind: 'breaks' } };
    const { api, clock } = client(states);
    const answered = api.scaleModel('m', 1);
    await clock.advance(100);
    states['a'] = away;
    await clock.advance(2_000);
    states['a'] = leads;
    await clock.advance(500);
    expect(await answered).toBe('a');
  });

  test('ends with the lost answer when nobody comes back, for it may have been done', async () => {
    const states: Record<string, State> = { a: { kind: 'breaks' } };
    const { api, clock } = client(states);
    const answered = api.scaleModel('m', 1).catch((error: unknown) => error);
    await clock.advance(100);
    states['a'] = away;
    await clock.advance(10_000);
    expect(String(((await answered) as AppError).cause)).toContain('ECONNRESET');
  });

  test('ends with what the next coordinator says of it', async () => {
    const { api, asked } = client({ a: { kind: 'breaks' }, b: { kind: 'refuses' } });
    await expect(api.scaleModel('m', 1)).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
    expect(asked).toEqual(['a', 'b']);
  });

  test('is told at once when nobody was there to begin with', async () => {
    const { api, asked } = client({ a: away });
    await expect(api.scaleModel('m', 1)).rejects.toMatchObject({ code: 'COORDINATOR_AWAY' });
    expect(asked).toEqual(['a']);
  });
});

test('what is sent under an id is every rpc that takes one', () => {
  const methods = [schedulerService, allocationService, changeService, clusterService].flatMap(
    (service) => Object.entries(service as Record<string, AnyMethod>),
  );
  const taking = methods.filter(([, method]) => takesRequestId(method));
  const names = taking.map(([name]) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`);
  expect([...onceCalls].sort()).toEqual(names.sort());
});

test('one coordinator that is not there is said at once', async () => {
  const { api, asked } = client({ a: away });
  await expect(api.getCluster()).rejects.toMatchObject({ code: 'COORDINATOR_AWAY' });
  expect(asked).toEqual(['a']);
});

test('a stream goes to the leader, and is not begun again once it has said something', async () => {
  const states: Record<string, State> = { a: standby('b'), b: leads };
  const { api, asked } = client(states);
  const seen: unknown[] = [];
  await expect(
    (async () => {
      for await (const event of api.watchModels({}, new AbortController().signal)) {
        seen.push(event);
        states['b'] = standby('a');
      }
    })(),
  ).rejects.toMatchObject({ code: 'NOT_LEADER' });
  expect(seen).toEqual(['b']);
  expect(asked).toEqual(['a', 'b', 'b']);
});
