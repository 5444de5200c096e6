import { describe, expect, test } from 'vitest';
import {
  listenError,
  parseListenAddress,
  renderAddress,
} from '../../../../shared/platform/listen-address.ts';
import { isAppError } from '../../../../shared/platform/errors.ts';

describe('an address to listen on', () => {
  test.for([
    { text: '127.0.0.1:7443', want: { host: '127.0.0.1', port: 7443 } },
    { text: '127.9.9.9:0', want: { host: '127.9.9.9', port: 0 } },
    { text: 'localhost:80', want: { host: 'localhost', port: 80 } },
    { text: '[::1]:7443', want: { host: '::1', port: 7443 } },
  ])('may be $text', ({ text, want }) => {
    expect(parseListenAddress(text)).toEqual(want);
    expect(renderAddress(want)).toBe(text);
  });

  test.for([
    '0.0.0.0:7443',
    '[::]:7443',
    '192.168.1.5:7443',
    '127.0.0.1.example.com:7443',
    '127.0.0.999:7443',
    'coordinator:7443',
    '127.0.0.1',
    '127.0.0.1:99999',
    ':7443',
    '',
  ])('may not be %j', (text) => {
    let thrown: unknown;
    try {
      parseListenAddress(text);
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, 'ADDRESS_REFUSED')).toBe(true);
  });

  test('that is taken is told with the key that holds it', () => {
    const error = listenError('127.0.0.1:7443', 'grpc', new Error('listen EADDRINUSE: x'));
    expect([error.code, error.message, error.hint]).toEqual([
      'ADDRESS_TAKEN',
      'another process listens on 127.0.0.1:7443',
      'stop it, or give another address in the configuration key grpc',
    ]);
  });
});
