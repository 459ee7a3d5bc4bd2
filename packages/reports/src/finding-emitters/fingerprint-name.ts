/** Under this name a SARIF result that we wrote holds our fingerprint itself. */
export const fingerprintName = 'deployguardFingerprint/v1';
