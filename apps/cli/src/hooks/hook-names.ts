/** The hooks that we install. */
export const hookNames = ['pre-commit', 'pre-push'] as const;

export type HookName = (typeof hookNames)[number];
