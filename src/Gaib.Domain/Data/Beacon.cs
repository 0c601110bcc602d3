namespace Gaib.Domain.Data;

/// <summary>
/// The beacon: an operator's hash chain mixed with what everybody committed. Genesis publishes the tip <c>H^n(seed)</c>; the preimage of
/// epoch e is <c>H^(n−1−e)(seed)</c>, so that <c>keccak256(preimage_0) = tip</c> and <c>keccak256(preimage_e) = preimage_(e−1)</c>, and
/// <c>beacon_e = keccak256(preimage_e ‖ commitmentsRoot_e)</c>.
/// </summary>
/// <remarks>
/// The operator cannot choose a preimage and nobody else can foresee it. What remains: an operator that colludes with a contributor
/// knows the preimage before the commitments close and may try commitments until the beacon suits it.
/// </remarks>
public static class Beacon
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary><c>keccak256(preimage ‖ commitmentsRoot)</c>.</summary>
    public static Hash32 Next(Hash32 preimage, Hash32 commitmentsRoot) => Keccak.Hash(preimage, commitmentsRoot);

    /// <summary>The tip that genesis publishes for a chain of so many epochs: keccak256 applied <paramref name="epochs"/> times.</summary>
    public static Hash32 Tip(Hash32 seed, int epochs) => Iterate(seed, epochs);

    /// <summary>The operator's preimage of an epoch.</summary>
    /// <param name="seed">The secret start of the chain.</param>
    /// <param name="epochs">Length of the chain, as given to <see cref="Tip"/>.</param>
    /// <param name="epoch">From 0 to epochs − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The chain has no such epoch.</exception>
    public static Hash32 Preimage(Hash32 seed, int epochs, int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(epoch, epochs);
        return Iterate(seed, epochs - 1 - epoch);
    }

    /// <summary>True when a preimage hashes to the one before it; to the tip for epoch 0.</summary>
    public static bool Follows(Hash32 previous, Hash32 preimage) => Hash(preimage) == previous;

    /// <summary>The first epoch whose preimage does not follow, or −1 when all preimages lead back to the tip.</summary>
    public static int FirstBreak(Hash32 tip, ReadOnlySpan<Hash32> preimages)
    {
        var previous = tip;
        for (var epoch = 0; epoch < preimages.Length; epoch++)
        {
            if (!Follows(previous, preimages[epoch]))
            {
                return epoch;
            }

            previous = preimages[epoch];
        }

        return -1;
    }

    /// <summary>
    /// The root of all commitments closed at an epoch: <c>keccak256(abi.encode(uint256 count, bytes32 c_1, …, bytes32 c_count))</c> over
    /// the commitments in ascending order as big-endian integers; equal commitments all count. The order in which they came does not matter.
    /// </summary>
    public static Hash32 CommitmentsRoot(IEnumerable<Hash32> commitments)
    {
        var sorted = commitments.Order().ToArray();
        var writer = new AbiWriter(sorted.Length + 1).UInt((UInt128)sorted.Length);
        foreach (var commitment in sorted)
        {
            writer.Hash(commitment);
        }

        return writer.Hash();
    }

    private static Hash32 Iterate(Hash32 value, int times)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        for (var i = 0; i < times; i++)
        {
            value = Hash(value);
        }

        return value;
    }

    private static Hash32 Hash(Hash32 value)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Size];
        value.CopyTo(bytes);
        return Keccak.Hash(bytes);
    }
}
