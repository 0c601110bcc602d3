namespace Gaib.Domain;

/// <summary>Ids of everything that is not a person: keccak256 over network, type, creator and nonce.</summary>
public static class Ids
{
    /// <summary>keccak256(abi.encode(genesis, keccak256(type), creator, nonce)).</summary>
    /// <param name="genesis">The network's genesis hash.</param>
    /// <param name="type">One of the words of the design, lower case: dataset, gpu, order, lease, run, model, session, job.</param>
    /// <param name="creator">The account that creates it.</param>
    /// <param name="nonce">A number that the creator has not used for this type.</param>
    public static Hash32 Derive(Hash32 genesis, string type, Address creator, UInt128 nonce) =>
        new AbiWriter(4).Hash(genesis).Utf8(type).Address(creator).UInt(nonce).Hash();
}
