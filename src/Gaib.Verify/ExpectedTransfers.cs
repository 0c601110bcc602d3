using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Verify;

/// <summary>What a transfer moves and why; two transfers with the same five are worth the same.</summary>
internal readonly record struct Movement(AccountId Debit, AccountId Credit, AssetId Asset, UInt128 Amount, Hash32 Cause)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Debit} → {Credit}, {Amount} {Asset}, because of {Cause}";
}

/// <summary>
/// Every transfer that follows from a decision in the export, collected by the checks. The transfers that the book has must be these
/// and no others.
/// </summary>
internal sealed class ExpectedTransfers
{
    private readonly Dictionary<Movement, Queue<LineAt>> _expected = [];

    /// <summary>Transfers expected so far.</summary>
    public int Count { get; private set; }

    /// <summary>Expects a transfer; nothing for an amount of 0, which no book takes.</summary>
    /// <param name="source">The line whose decision makes it.</param>
    /// <param name="debit">Who pays.</param>
    /// <param name="credit">Who receives.</param>
    /// <param name="asset">What.</param>
    /// <param name="amount">Base units or share units.</param>
    /// <param name="cause">The decision's hash, as the page names it.</param>
    public void Add(LineAt source, AccountId debit, AccountId credit, AssetId asset, UInt128 amount, Hash32 cause)
    {
        if (amount == 0)
        {
            return;
        }

        var movement = new Movement(debit, credit, asset, amount, cause);
        if (!_expected.TryGetValue(movement, out var sources))
        {
            _expected[movement] = sources = new Queue<LineAt>();
        }

        sources.Enqueue(source);
        Count++;
    }

    /// <summary>Expects a transfer of GAIB.</summary>
    public void Add(LineAt source, AccountId debit, AccountId credit, UInt128 amount, Hash32 cause) =>
        Add(source, debit, credit, AssetId.Gaib, amount, cause);

    /// <summary>Takes an expected transfer away; false when none like it is left.</summary>
    public bool TryTake(Movement movement)
    {
        if (!_expected.TryGetValue(movement, out var sources) || sources.Count == 0)
        {
            return false;
        }

        sources.Dequeue();
        Count--;
        return true;
    }

    /// <summary>What was expected and not taken.</summary>
    public IEnumerable<(LineAt Source, Movement Movement)> Left =>
        _expected.SelectMany(pair => pair.Value.Select(source => (source, pair.Key))).OrderBy(left => left.source.File, StringComparer.Ordinal)
            .ThenBy(left => left.source.Line);
}
