using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>
/// Who computed something is believed when a second owner computed the same bytes. Those drawn are asked in order, as many as can
/// still make two agree: two at first, a third if their bytes differ, and so on until nobody is left.
/// </summary>
/// <param name="Agreed">The hash that two owners gave; null while there is none.</param>
/// <param name="Asked">Slots that have yet to answer, in the order drawn.</param>
internal readonly record struct RoundAgreement(Hash32? Agreed, ImmutableArray<int> Asked)
{
    private const int Needed = 2;

    /// <summary>Nothing more can come.</summary>
    public bool Settled => Agreed is not null || Asked.IsEmpty;

    /// <summary>Counts answers.</summary>
    /// <param name="order">Slots in the order drawn, one an owner.</param>
    /// <param name="answers">Hash of each answer given, by slot.</param>
    /// <param name="live">Whether a slot can still answer.</param>
    /// <param name="own">What is said by the owner who is checked, where there is one; it counts as one owner's word.</param>
    public static RoundAgreement Of(
        ImmutableArray<int> order, IReadOnlyDictionary<int, Hash32> answers, Func<int, bool> live, Hash32? own)
    {
        var given = answers.Values.Concat(own is { } hash ? [hash] : []);
        var counts = given.GroupBy(answer => answer).Select(same => (Hash: same.Key, Count: same.Count())).ToList();
        var most = counts.Count == 0 ? 0 : counts.Max(row => row.Count);
        if (most >= Needed)
        {
            return new RoundAgreement(counts.Single(row => row.Count >= Needed).Hash, []);
        }

        // Also the last one left is asked, though alone it decides nothing: whether another died before or after it answered must not
        // show in the round's record.
        return new RoundAgreement(null, [.. order.Where(slot => !answers.ContainsKey(slot) && live(slot)).Take(Needed - most)]);
    }
}
