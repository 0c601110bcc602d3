using System.Collections.Immutable;
using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Audit;

internal sealed partial class LedgerAuditor
{
    /// <summary>Which book it is.</summary>
    public BookSite Site => site;

    /// <summary>What the book must answer to another one's totals: how much it has credited in all, or why not now.</summary>
    public ImmutableArray<EdgeAnswer> Arrive(uint from, ImmutableArray<EdgeTotal> totals, long at)
    {
        Pass(at);
        return [.. totals.Select(told => Arrive(from, told))];
    }

    /// <summary>Why a total could not be credited now, or None.</summary>
    public Reason WhyNotArrive(uint from, EdgeTotal told)
    {
        var arrival = Arrival(from, told);
        return from >= site.Books || from == site.Number || !IsWellFormed(told.Payee) || IsDue(told.Payee) || !site.Has(told.Payee) ? Reason.WrongBook
            : IsNoPool(told.Payee) ? Reason.AccountInvalid
            : arrival.Amount >= Most ? Reason.Overflow
            : OfLimits(arrival, arrival.Amount);
    }

    private EdgeAnswer Arrive(uint from, EdgeTotal told)
    {
        var key = new EdgePayee(from, told.Payee);
        var came = _now.Came.GetValueOrDefault(key);
        if (told.Total <= came)
        {
            return new EdgeAnswer(Reason.None, (UInt128)came);
        }

        if (WhyNotArrive(from, told) is not Reason.None and var reason)
        {
            return new EdgeAnswer(reason, (UInt128)came);
        }

        Move(Arrival(from, told), told.Total - came, isCollect: false);
        _now = _now with { Sequence = _now.Sequence + 1, Came = _now.Came.SetItem(key, told.Total) };
        return new EdgeAnswer(Reason.None, told.Total);
    }

    private Transfer Arrival(uint from, EdgeTotal told) => new()
    {
        Debit = AccountId.DueFrom(from),
        Credit = told.Payee,
        Amount = told.Total - (UInt128)_now.Came.GetValueOrDefault(new EdgePayee(from, told.Payee)),
    };

    private static bool IsDue(AccountId account) => account.Kind is AccountKind.DueTo or AccountKind.DueFrom;

    /// <summary>The account of this book that takes what a transfer moves: the payee's own, or what is due to the payee's book.</summary>
    private AccountId TakerOf(in Transfer transfer) =>
        transfer.Asset != AssetId.Gaib || site.Has(transfer.Credit) ? transfer.Credit : AccountId.DueTo(site.HomeOf(transfer.Credit));

    private void Leave(in Transfer transfer, BigInteger amount)
    {
        var key = new EdgePayee(site.HomeOf(transfer.Credit), transfer.Credit);
        var total = _now.Left.GetValueOrDefault(key) + amount;
        _now = _now with { Left = _now.Left.SetItem(key, total), Totals = _now.Totals.Add((key, total), transfer.Cause) };
    }
}
