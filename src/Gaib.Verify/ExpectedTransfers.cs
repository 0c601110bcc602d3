using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Verify;

/// <summary>What a transfer moves and why; two transfers with the same six are worth the same.</summary>
internal readonly record struct Movement(AccountId Debit, AccountId Credit, AssetId Asset, UInt128 Amount, Hash32 Cause, bool Linked)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Debit} → {Credit}, {Amount} {Asset}, because of {Cause}{(Linked ? ", linked" : "")}";
}

/// <summary>
/// Every transfer that follows from a decision in the export, collected by the checks. The transfers that the book has must be these
/// and no others.
/// </summary>
internal sealed class ExpectedTransfers
{
    private readonly Dictionary<Movement, Queue<(LineAt Source, long NotBefore)>> _expected = [];

    /// <summary>Transfers expected so far.</summary>
    public int Count { get; private set; }

    /// <summary>Expects a transfer; nothing for an amount of 0, which no book takes.</summary>
    /// <param name="source">The line whose decision makes it.</param>
    /// <param name="debit">Who pays.</param>
    /// <param name="credit">Who receives.</param>
    /// <param name="asset">What.</param>
    /// <param name="amount">Base units or share units.</param>
    /// <param name="cause">The decision's hash, as the page names it.</param>
    /// <param name="linked">True when it holds only together with the next one.</param>
    /// <param name="notBefore">Unix milliseconds before which the decision was not made.</param>
    public void Add(
        LineAt source, AccountId debit, AccountId credit, AssetId asset, UInt128 amount, Hash32 cause, bool linked = false,
        long notBefore = long.MinValue)
    {
        if (amount == 0)
        {
            return;
        }

        var movement = new Movement(debit, credit, asset, amount, cause, linked);
        if (!_expected.TryGetValue(movement, out var sources))
        {
            _expected[movement] = sources = new Queue<(LineAt, long)>();
        }

        sources.Enqueue((source, notBefore));
        Count++;
    }

    /// <summary>Expects a transfer of GAIB.</summary>
    public void Add(
        LineAt source, AccountId debit, AccountId credit, UInt128 amount, Hash32 cause, bool linked = false, long notBefore = long.MinValue) =>
        Add(source, debit, credit, AssetId.Gaib, amount, cause, linked, notBefore);

    /// <summary>Takes an expected transfer away; false when none like it is left.</summary>
    public bool TryTake(Movement movement, out long notBefore)
    {
        notBefore = long.MinValue;
        if (!_expected.TryGetValue(movement, out var sources) || sources.Count == 0)
        {
            return false;
        }

        notBefore = sources.Dequeue().NotBefore;
        Count--;
        return true;
    }

    /// <summary>What was expected and not taken.</summary>
    public IEnumerable<(LineAt Source, Movement Movement)> Left =>
        _expected.SelectMany(pair => pair.Value.Select(one => (one.Source, pair.Key))).OrderBy(left => left.Source.File, StringComparer.Ordinal)
            .ThenBy(left => left.Source.Line);
}
