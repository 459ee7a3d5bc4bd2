/** What a credential may do. An operation asks for exactly one of them. */
export const scopes = [
  'api-keys:read',
  'api-keys:write',
  'audit:read',
  'feedback:read',
  'feedback:write',
  'jobs:read',
  'jobs:write',
  'sources:write',
  'tasks:read',
  'tasks:write',
  'webhooks:read',
  'webhooks:write',
] as const;

export type Scope = (typeof scopes)[number];

export function isScope(value: string): value is Scope {
  return (scopes as readonly string[]).includes(value);
}
