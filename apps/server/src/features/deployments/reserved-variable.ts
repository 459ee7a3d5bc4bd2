/** What the platform itself tells an application in variables, and why nobody else can. */
export const reservedVariable = {
  name: 'PORT',
  message: 'cannot be set: where the application listens is decided when it is started',
} as const;
