export { buildToken } from './build-token.ts';
export type { TokenShape } from './build-token.ts';
export { collect } from './collect.ts';
export { writeLooseObject } from './loose-objects.ts';
export { createTemporaryDirectory } from './temporary-directory.ts';
export type { TemporaryDirectory } from './temporary-directory.ts';
export { createTestRepository } from './test-repository.ts';
export type { TestCommit, TestRepository, TestRepositoryOptions, TestTag } from './test-repository.ts';
export type { TestFile, TreeFile, TreeRow } from './tree-builder.ts';
