/**
 * Gives memory back at once that is not needed any more; a program that waits for its threads may not clear up for seconds. The arrays have
 * no elements afterwards. What only is a part of its memory, such as small buffers of the platform, is left alone.
 */
export function releaseMemory(...arrays: readonly (Uint8Array | Uint32Array | Float64Array)[]): void {
  for (const { buffer, byteLength } of arrays) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
  }
}
