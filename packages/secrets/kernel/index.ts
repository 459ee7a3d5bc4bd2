/**
 * The part of scanning that touches every byte of a history. No state but what the functions set; all memory belongs to the caller,
 * from `memoryStart` on. Whoever passes addresses leaves `slackBytes` readable behind every input and writable behind every output.
 */

export { inflate, adler32 } from './inflate';
export { openDelta, applyDelta, deltaBaseSize, deltaResultSize } from './delta';
export { setAnchors, startSearch, nextHits } from './anchors';
export { setReaches, planRegions } from './regions';
export { listLinks, countOpenLinks, packLinks } from './links';
export { setNames, startTree, nextNames, isTreeBroken } from './tree-names';

export const slackBytes: u32 = 320;
export const memoryStart: usize = __heap_base;
