using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;

namespace Gaib.Verify.Compute;

/// <summary>All leases of an export, made again by their rule while the runs that they serve are replayed.</summary>
internal sealed class LeaseReplay
{
    private readonly Dictionary<Hash32, Lease> _leases;
    private readonly Dictionary<Hash32, LeaseLine> _lines;
    private readonly Dictionary<Hash32, long> _moved = [];
    private readonly Dictionary<AccountId, long> _emptied;
    private readonly Findings _findings;

    public LeaseReplay(ExportData data, Findings findings)
    {
        _leases = data.Leases.ToDictionary(line => line.Terms.Lease, line => Lease.Open(line.Terms));
        _lines = data.Leases.ToDictionary(line => line.Terms.Lease);
        _emptied = data.Transfers.Where(transfer => transfer.Debit.Kind == AccountKind.Lease).GroupBy(transfer => transfer.Debit)
            .ToDictionary(transfers => transfers.Key, transfers => transfers.Max(transfer => transfer.Time));
        _findings = findings;
    }

    /// <summary>The state of a lease; null when the export has none with this id.</summary>
    public Lease? Find(Hash32 lease) => _leases.GetValueOrDefault(lease);

    /// <summary>The line of a lease.</summary>
    public LeaseLine LineOf(Hash32 lease) => _lines[lease];

    /// <summary>Applies a command.</summary>
    /// <param name="lease">A lease of the export.</param>
    /// <param name="command">What is asked of it.</param>
    /// <param name="from">Unix milliseconds: not before this.</param>
    /// <param name="until">Unix milliseconds: not after this; a lease that closes here must have closed by then.</param>
    /// <returns>False when the rule refuses it, which is then found, or there is no such lease, which was found before.</returns>
    public bool Apply(Hash32 lease, LeaseCommand command, long from, long until)
    {
        if (!_lines.TryGetValue(lease, out var line))
        {
            return false;
        }

        var decided = LeaseRule.Decide(_leases[lease], command, from);
        if (!decided.Accepted)
        {
            return _findings.That(false, line.At, "", "what the lease's rule accepts", $"{command.GetType().Name}: {decided.Rejection}");
        }

        _leases[lease] = decided.Value.Aggregate(_leases[lease], LeaseRule.Evolve);
        foreach (var released in decided.Value.OfType<LeaseRoundReleased>())
        {
            _moved[released.Cause] = from;
        }

        if (decided.Value.OfType<LeaseClosed>().Any() && line.ClosedAt is { } closedAt)
        {
            // The lease keeps that it is closed before it tells the book what that moves.
            var latest = Math.Min(until, _emptied.GetValueOrDefault(AccountId.Of(AccountKind.Lease, lease), long.MaxValue));
            _findings.That(closedAt >= from && closedAt <= latest, line.At, "closedAt", $"{from} to {latest}", closedAt);
        }

        return true;
    }

    /// <summary>Compares every lease with its line, and expects what it paid.</summary>
    public void Check(ExportData data)
    {
        foreach (var line in data.Leases)
        {
            Compare(line, _leases[line.Terms.Lease]);
            Expect(data, line);
        }
    }

    private void Compare(LeaseLine line, Lease expected)
    {
        for (var i = 0; i < expected.Rounds.Count && i < line.Rounds.Length; i++)
        {
            var (path, round, found) = ($"rounds[{i}].", expected.Rounds[i], line.Rounds[i]);
            _findings.Equal(line.At, path + "run", round.Run, found.Run);
            _findings.Equal(line.At, path + "round", round.Round, found.Round);
            _findings.Equal(line.At, path + "cause", round.Cause, found.Cause);
            _findings.Equal(line.At, path + "work", round.Work, found.Work);
            _findings.Equal(line.At, path + "verifiedMs", round.VerifiedMs, found.VerifiedMs);
            _findings.Equal(line.At, path + "rate", round.Rate, found.Rate);
            _findings.Equal(line.At, path + "pay", round.Pay, found.Pay);
            _findings.Equal(line.At, path + "fee", round.Fee, found.Fee);
            _findings.Equal(line.At, path + "status", round.Status, found.Status);
        }

        _findings.Equal(line.At, "rounds", expected.Rounds.Count, line.Rounds.Length);
        _findings.Equal(line.At, "endReason", expected.EndReason, line.EndReason);
        _findings.Equal(line.At, "closedAt", expected.ClosedAt is null ? "open" : "closed", line.ClosedAt is null ? "open" : "closed");
        _findings.Equal(line.At, "verifiedMs", expected.VerifiedMs, line.VerifiedMs);
        _findings.Equal(line.At, "paid", expected.Paid, line.Paid);
        _findings.Equal(line.At, "fee", expected.Fee, line.Fee);
        _findings.Equal(line.At, "refunded", expected.Refunded, line.Refunded);
        _findings.Equal(line.At, "forfeited", expected.Forfeited, line.Forfeited);
    }

    private void Expect(ExportData data, LeaseLine line)
    {
        var lease = _leases[line.Terms.Lease];
        var work = lease.Rounds.Select(round => new BilledWork(round.Run, round.Round, round.Cause, round.Work, round.Rate));
        var account = AccountId.Of(AccountKind.Lease, line.Terms.Lease);
        foreach (var payment in LeasePayments.Expected(line.Terms, work, lease.ClosedAt is not null, lease.EndReason))
        {
            var to = payment.Payee switch
            {
                LeasePayee.Host => AccountId.Person(line.Terms.Host),
                LeasePayee.Renter => AccountId.Person(line.Terms.Renter),
                _ => AccountId.Treasury,
            };
            var notBefore = _moved.GetValueOrDefault(payment.Cause, line.ClosedAt ?? line.Terms.OpenedAt);
            data.Expected.Add(line.At, account, to, payment.Amount, payment.Cause, notBefore: notBefore);
        }
    }
}
