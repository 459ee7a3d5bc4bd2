// All that a process needs that only signs what others have proven: without the scanner, which takes a second and 60 MB to load.
export { signProof } from './sign-proof.ts';
export { fingerprintOf } from './signing-key.ts';
