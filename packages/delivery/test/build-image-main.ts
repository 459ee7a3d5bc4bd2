// Builds an image in a process of its own, which a test kills: node build-image-main.ts ORDER
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLocalRepository } from '@deployguard/git';
import { openGitTree } from '../src/analyze/open-git-tree.ts';
import { buildImage } from '../src/build/build-image.ts';
import type { ImageBuildOptions } from '../src/build/build-image.ts';

interface Order extends Pick<ImageBuildOptions, 'engine' | 'baseImages' | 'limits'> {
  readonly source: string;
  readonly path: string;
  readonly name: string;
  readonly registry: string;
}

const order = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Order;
const workDirectory = join(order.path, 'git-of-worker');
mkdirSync(workDirectory);
await using repository = await openLocalRepository(order.source, { workDirectory });
const tree = await openGitTree(repository);
await buildImage({
  ...order,
  repository,
  commit: tree.commit,
  tree,
  plan: { root: '', dockerfile: 'Dockerfile' },
  imageRepository: `${order.registry}/tests/${order.name}`,
  isPushed: false,
  workDirectory: join(order.path, 'work'),
  onLog: ({ text }) => {
    if (text === 'started') process.send!(text);
  },
});
