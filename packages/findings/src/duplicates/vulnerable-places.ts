import { NumberList } from './number-list.ts';

/** Where a vulnerability was seen. Texts are told by numbers: the same for the same text. */
export interface VulnerablePlace {
  /** Of the finding. */
  readonly index: number;
  readonly aliasSet: number;
  readonly version: number | undefined;
  readonly asset: number | undefined;
  /** Or the port of a host. */
  readonly path: number | undefined;
}

const columns = 5;
const none = -1;

/** Places in their order, in 20 bytes each. */
export class VulnerablePlaces {
  readonly #numbers = new NumberList();

  /** Its number, from 0 on. */
  add({ index, aliasSet, version = none, asset = none, path = none }: VulnerablePlace): number {
    const place = this.#numbers.length / columns;
    for (const number of [index, aliasSet, version, asset, path]) this.#numbers.push(number);
    return place;
  }

  at(place: number): VulnerablePlace {
    const from = place * columns;
    const text = (column: number): number | undefined => {
      const number = this.#numbers.at(from + column);
      return number === none ? undefined : number;
    };
    return { index: this.#numbers.at(from), aliasSet: this.#numbers.at(from + 1), version: text(2), asset: text(3), path: text(4) };
  }
}
