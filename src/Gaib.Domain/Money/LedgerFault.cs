using System.Numerics;

namespace Gaib.Domain.Money;

/// <summary>One thing in a ledger that is not as its journal says, or that a journal must not say.</summary>
/// <param name="What">What differs or does not hold, in words.</param>
/// <param name="Subject">Of what: an account, a pool, a reservation, a writer, a command.</param>
/// <param name="Asset">The asset as text; empty where none is meant.</param>
/// <param name="Expected">What the journal, folded again, gives: base units, or a count.</param>
/// <param name="Found">What stands there instead.</param>
/// <param name="Sequence">The transfer at which it shows; for a state, the last transfer that touched the subject, 0 where none is known.</param>
public sealed record LedgerFault(string What, string Subject, string Asset, BigInteger Expected, BigInteger Found, ulong Sequence)
{
    /// <summary>One line: subject, what, both numbers, sequence.</summary>
    public override string ToString() =>
        $"{Subject}{(Asset.Length > 0 ? " of " + Asset : "")}: {What}: {Expected} by the journal, {Found} found, at transfer {Sequence}";
}

/// <summary>The faults of one fold or comparison: the first few, and how many there were.</summary>
public sealed class LedgerFaults
{
    /// <summary>How many are kept, and of one thing about one subject the first; one spoilt row may make thousands.</summary>
    public const int KeptMax = 20;

    private readonly List<LedgerFault> _kept = [];

    /// <summary>The first ones, in the order in which they were found.</summary>
    public IReadOnlyList<LedgerFault> Kept => _kept;

    /// <summary>How many were found.</summary>
    public long Count { get; private set; }

    /// <summary>Adds one.</summary>
    public void Add(LedgerFault fault)
    {
        Count++;
        if (_kept.Count < KeptMax && !_kept.Exists(kept => kept.What == fault.What && kept.Subject == fault.Subject))
        {
            _kept.Add(fault);
        }
    }

    internal void Differ(string what, string subject, string asset, BigInteger expected, BigInteger found, ulong sequence)
    {
        if (expected != found)
        {
            Add(new LedgerFault(what, subject, asset, expected, found, sequence));
        }
    }
}
