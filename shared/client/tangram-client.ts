/** What `import … from 'tangram/client'` offers. */
export { connect, type ConnectOptions, type TangramClient } from './connect.ts';
export type { CallOptions } from './calls.ts';
export { AppError, isAppError, type ErrorCode } from '../platform/errors.ts';
export type { Change__Output as Change } from '../wire/generated/tangram/v1/Change.ts';
export type { Model } from '../wire/generated/tangram/v1/Model.ts';
export type { Node__Output as Node } from '../wire/generated/tangram/v1/Node.ts';
export type { Plan__Output as Plan } from '../wire/generated/tangram/v1/Plan.ts';
