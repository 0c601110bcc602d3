// A seeded stream of random values, so that a failing vector can be made again. keccak256 in counter mode.
import { keccak256, toBeHex, concat, toUtf8Bytes } from 'ethers';

export class Draw {
  #seed;
  #count = 0;

  constructor(seed) {
    this.#seed = keccak256(toUtf8Bytes(`gaib vectors ${seed}`));
  }

  /** 32 random bytes as 0x hexadecimal. */
  word() {
    return keccak256(concat([this.#seed, toBeHex(this.#count++, 32)]));
  }

  /** An integer in [0, limit). */
  below(limit) {
    return Number(BigInt(this.word()) % BigInt(limit));
  }

  /** An unsigned integer of the given number of bits; one in four is an extreme. */
  bits(bits) {
    const max = (1n << BigInt(bits)) - 1n;
    switch (this.below(8)) {
      case 0: return 0n;
      case 1: return max;
      default: return BigInt(this.word()) & max;
    }
  }

  /** Bytes as 0x hexadecimal. */
  bytes(length) {
    let hex = '0x';
    while (hex.length < 2 + 2 * length) {
      hex += this.word().slice(2);
    }

    return hex.slice(0, 2 + 2 * length);
  }

  address() {
    return this.bytes(20);
  }

  pick(list) {
    return list[this.below(list.length)];
  }
}
