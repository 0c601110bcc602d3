namespace Gaib.Domain.Training;

/// <summary>
/// Which samples a worker trains on. A round has one endless list of sample indices, epoch after epoch, each epoch a fresh permutation
/// of all samples; slot k takes the k-th run of steps·batch entries. So nobody's sample is drawn twice in a round before every other
/// one was drawn once, whichever worker draws it, and a contributor's share does not hang on luck.
/// </summary>
public static class BatchSchedule
{
    /// <summary>
    /// The indices for all steps of one worker's round: step s trains on entries s·batch … (s + 1)·batch − 1. Epoch e is the
    /// <see cref="KeccakStream.Shuffle{T}"/> of 0 … count − 1 by the <see cref="KeccakStream"/> of keccak256(abi.encode(keccak256("gaib.batch.1"), runHash, round, e)).
    /// </summary>
    /// <param name="runHash">The run's id.</param>
    /// <param name="round">Round, from 0.</param>
    /// <param name="slot">Worker slot, from 0.</param>
    /// <param name="sampleCount">Number of training samples, at least 1.</param>
    /// <param name="batch">Samples a step.</param>
    /// <param name="steps">Inner steps of the round.</param>
    public static int[] Draw(Hash32 runHash, int round, int slot, int sampleCount, int batch, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(round);
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleCount, 1);
        var indices = new int[checked(batch * steps)];
        var position = checked((long)slot * indices.Length);
        var filled = 0;
        while (filled < indices.Length)
        {
            var epoch = Permutation(Seed(runHash, round, position / sampleCount), sampleCount);
            var from = (int)(position % sampleCount);
            var take = Math.Min(sampleCount - from, indices.Length - filled);
            epoch.AsSpan(from, take).CopyTo(indices.AsSpan(filled));
            filled += take;
            position += take;
        }

        return indices;
    }

    private static Hash32 Seed(Hash32 runHash, int round, long epoch) =>
        new AbiWriter(4).Utf8("gaib.batch.1").Hash(runHash).UInt((uint)round).UInt((ulong)epoch).Hash();

    private static int[] Permutation(Hash32 seed, int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        new KeccakStream(seed).Shuffle<int>(order);
        return order;
    }
}
