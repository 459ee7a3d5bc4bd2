import packageFile from '../../../package.json' with { type: 'json' };

/** Of the service, as reports and proofs name it. */
export const { version } = packageFile;
