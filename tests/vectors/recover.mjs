// Usage: node recover.mjs < CASES
// Reads [{ digest, signature } | { typedData, signature }] and prints the addresses that ethers recovers, null where it refuses.
import { recoverAddress, verifyTypedData } from 'ethers';

let text = '';
for await (const chunk of process.stdin) {
  text += chunk;
}

const addresses = JSON.parse(text).map(({ digest, typedData, signature }) => {
  try {
    if (digest) {
      return recoverAddress(digest, signature);
    }

    const { domain, types: { EIP712Domain, ...types }, message } = JSON.parse(typedData);
    return verifyTypedData(domain, types, message, signature);
  } catch {
    return null;
  }
});

process.stdout.write(JSON.stringify(addresses));
