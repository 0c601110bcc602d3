namespace Gaib.Domain.Training;

/// <summary>
/// Cuts the held-back round part into one fresh slice a round. Every slice gets the classes as evenly as they come: a slice with
/// none of a class would value nobody's samples of it, and shares would hang on the cut.
/// </summary>
public static class RoundSlices
{
    /// <summary>
    /// The indices of each round's slice: samples in order of (how many of the same class came before, class, index), cut at
    /// ⌊count·round / rounds⌋.
    /// </summary>
    /// <param name="labels">Labels of the round part, in its committed order.</param>
    /// <param name="rounds">Number of rounds, at least 1 and at most the number of samples.</param>
    public static IReadOnlyList<int[]> Cut(ReadOnlySpan<byte> labels, int rounds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rounds, labels.Length);
        var seen = new int[256];
        var keys = new (int Before, byte Class, int Index)[labels.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (seen[labels[i]]++, labels[i], i);
        }

        Array.Sort(keys);
        var slices = new int[rounds][];
        for (var round = 0; round < rounds; round++)
        {
            var from = (int)((long)keys.Length * round / rounds);
            var to = (int)((long)keys.Length * (round + 1) / rounds);
            slices[round] = Array.ConvertAll(keys[from..to], key => key.Index);
        }

        return slices;
    }
}
