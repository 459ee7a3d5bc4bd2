export { releaseSource } from './end-source.ts';
export { createSourcesFeature } from './routes.ts';
