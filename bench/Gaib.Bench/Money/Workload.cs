namespace Gaib.Bench.Money;

/// <summary>
/// Who pays whom: the same for every side that is measured, since it follows from the caller's number. Each transfer moves one base
/// unit, and everybody has enough, so that none is refused.
/// </summary>
/// <param name="caller">The caller's number.</param>
/// <param name="isHot">Every transfer credits one account.</param>
/// <param name="accounts">How many accounts take part, number 0 only where it is hot.</param>
internal sealed class Workload(int caller, bool isHot, int accounts = Workload.Accounts)
{
    /// <summary>How many accounts take part, unless there are to be more.</summary>
    public const int Accounts = 10_000;

    /// <summary>What each of them has at first, in base units.</summary>
    public const long Funds = 1L << 40;

    private const int Hot = 0;

    private readonly Random _random = new(caller);

    /// <summary>The next transfer's two accounts.</summary>
    public (int From, int To) Next()
    {
        var from = 1 + _random.Next(accounts - 1);
        var to = isHot ? Hot : 1 + _random.Next(accounts - 1);
        return (from, to != from ? to : from == accounts - 1 ? 1 : from + 1);
    }
}
