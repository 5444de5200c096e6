import { callerName, reaches, renderNamespaces, type Caller, type Role } from './caller.ts';
import type { Message, MethodRule } from './method-rule.ts';
import type { Directory } from './records.ts';
import { AppError } from '../../shared/platform/errors.ts';

/** Whoever is on this machine while TLS is off is every role at once: an administrator and, beside it, any agent. */
export function mayCall(rule: MethodRule, caller: Caller): boolean {
  return rule.who === 'anybody' || caller.proof.kind === 'local' || rule.who.includes(caller.role);
}

/** Throws CALLER_DENIED: who it is, what is needed, what to do. */
export function checkRole(method: string, rule: MethodRule, caller: Caller): void {
  if (mayCall(rule, caller)) return;
  const needed = rule.who === 'anybody' ? [] : rule.who;
  throw new AppError(
    'CALLER_DENIED',
    `${callerName(caller)} has the role ${caller.role}; ${shortName(method)} needs ${oneOf(needed)}`,
    { hint: needsOf(needed) },
  );
}

/** Throws CALLER_DENIED when the request touches models of a namespace that is not the caller's. */
export function checkNamespaces(
  call: { readonly method: string; readonly rule: MethodRule; readonly caller: Caller },
  request: Message,
  directory: Directory,
): void {
  const { method, rule, caller } = call;
  const { namespaces } = caller;
  if (namespaces === 'all') return;
  const touch = rule.touches(request, directory);
  switch (touch.kind) {
    case 'nothing':
      return;
    case 'cluster':
      throw outside(method, caller, 'concerns all namespaces');
    case 'each': {
      const missing = touch.namespaces.find((name) => !reaches(namespaces, name));
      if (missing === undefined) return;
      throw outside(method, caller, `touches the namespace ${missing}`);
    }
    case 'some':
      if (touch.namespaces.some((name) => reaches(namespaces, name))) return;
      throw outside(method, caller, `is about ${renderNamespaces(touch.namespaces)}`);
  }
}

/** Throws CALLER_DENIED when an agent speaks for a node that its certificate does not name. */
export function checkSpeaker(caller: Caller, node: string): void {
  if (caller.proof.kind === 'local' || (caller.kind === 'agent' && caller.name === node)) return;
  throw new AppError(
    'CALLER_DENIED',
    `${callerName(caller)} spoke for the node ${JSON.stringify(node)}`,
    {
      hint: `a certificate speaks for its own node only: set node: ${caller.name} in the agent's configuration, or join the host anew`,
    },
  );
}

function outside(method: string, caller: Caller, why: string): AppError {
  return new AppError(
    'CALLER_DENIED',
    `${callerName(caller)} is limited to ${renderNamespaces(caller.namespaces)}; this ${shortName(method)} ${why}`,
    { hint: 'ask an administrator for the namespace, or for somebody who has it' },
  );
}

function shortName(method: string): string {
  return method.slice(method.lastIndexOf('/') + 1);
}

function oneOf(roles: readonly Role[]): string {
  const last = roles.at(-1);
  return roles.length <= 1
    ? `the role ${last ?? 'of nobody'}`
    : `one of the roles ${roles.slice(0, -1).join(', ')} or ${last}`;
}

function needsOf(roles: readonly Role[]): string {
  return roles.length === 1 && roles[0] === 'agent'
    ? 'only the agent of a node calls it, with the certificate it got when the node joined'
    : 'ask an administrator: tangram user set-role, or a token of that role';
}
