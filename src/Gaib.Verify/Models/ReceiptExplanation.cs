using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Gaib.Cuda;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Verify.Money;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Models;

/// <summary>A part of a fee: who gets it, why, and exactly how much, as a fraction of base units.</summary>
/// <param name="Payee">The account.</param>
/// <param name="Why">In words.</param>
/// <param name="Numerator">Of the amount in base units.</param>
/// <param name="Denominator">Above 0.</param>
/// <param name="Parts">How this part divides further; they sum to it.</param>
public sealed record ExplainedPart(
    string Payee, string Why, BigInteger Numerator, BigInteger Denominator, ImmutableArray<ExplainedPart> Parts)
{
    /// <summary>The fraction in lowest terms, and in GAIB with nine decimals, truncated.</summary>
    public string Amount
    {
        get
        {
            var common = BigInteger.GreatestCommonDivisor(Numerator, Denominator);
            var (n, d) = (Numerator / common, Denominator / common);
            var units = (decimal)(n / d) / 1_000_000_000m;
            var exact = d.IsOne ? n.ToString(CultureInfo.InvariantCulture) : $"{n}/{d}";
            return string.Create(CultureInfo.InvariantCulture, $"{units:0.000000000} GAIB = {exact} base units");
        }
    }
}

/// <summary>
/// Takes one inference's fee apart: protocol, host, pool; the pool by the shares that were held at that moment; holders' pools by the
/// stake frozen at issue; and for each share where it came from.
/// </summary>
public static class ReceiptExplanation
{
    /// <summary>Explains a receipt of an export.</summary>
    /// <param name="directory">The export's folder.</param>
    /// <param name="receipt">The receipt's hash; null for the first one.</param>
    /// <exception cref="ArgumentException">The export can't be read, or has no such receipt.</exception>
    public static ExplainedPart Explain(string directory, Hash32? receipt)
    {
        var findings = new Findings();
        var data = ExportData.Read(new ExportFolder(directory, findings), CpuDevice.Create());
        if (data is null || findings.Any)
        {
            throw new ArgumentException($"{directory} can't be read as an export: {string.Join(" ", findings.Kept.Take(1))}");
        }

        var line = data.Receipts.FirstOrDefault(row => receipt is null || row.Hash == receipt)
            ?? throw new ArgumentException($"{directory} has no receipt {receipt}.");
        return new Explainer(data, line).Fee();
    }

    private sealed class Explainer(ExportData data, ReceiptLine line)
    {
        private readonly ulong _before = data.Transfers.First(t => t.Cause == line.Hash).Seq;

        public ExplainedPart Fee()
        {
            var receipt = line.Receipt;
            var pool = AccountId.Of(AccountKind.Pool, receipt.Model);
            ExplainedPart[] parts =
            [
                Whole(AccountId.Treasury, "protocol fee", line.Protocol),
                Whole(AccountId.Person(receipt.Host), $"answered the call on GPU {receipt.Gpu}; held until the epoch's check", line.HostFee),
                Pool(pool, $"income of model {receipt.Model}", line.Fed, 1, receipt.Model),
            ];
            return new ExplainedPart(
                AccountId.Of(AccountKind.Session, receipt.Session).ToString(),
                $"receipt {line.Hash}: {receipt.Units} row(s)",
                receipt.Fee,
                1,
                [.. parts.Where(part => !part.Numerator.IsZero)]);
        }

        private static ExplainedPart Whole(AccountId account, string why, UInt128 amount) =>
            new(account.ToString(), why, amount, 1, []);

        /// <summary>Divides n/d among the pool's members by the units that they held when the fee was fed.</summary>
        private ExplainedPart Pool(AccountId pool, string why, BigInteger n, BigInteger d, Hash32 model)
        {
            var asset = data.Assets.Single(row => row.Pool == pool).Asset;
            var holders = HoldersOf(asset);
            var total = holders.Values.Aggregate(BigInteger.Zero, (sum, units) => sum + units);
            var parts = holders.OrderBy(holder => holder.Key).Select(holder => holder.Key.Kind == AccountKind.Pool
                ? Pool(holder.Key, "shares of those who staked", n * holder.Value, d * total, model)
                : new ExplainedPart(
                    holder.Key.ToString(), WhyOf(holder.Key, asset, holder.Value, total, model), n * holder.Value, d * total, []));
            return new ExplainedPart(pool.ToString(), why, n, d, [.. parts]);
        }

        private Dictionary<AccountId, BigInteger> HoldersOf(AssetId asset)
        {
            var held = new Dictionary<AccountId, BigInteger>();
            foreach (var transfer in data.Transfers.Where(t => t.Asset == asset && t.Seq < _before && t.Moves))
            {
                held[transfer.Debit] = held.GetValueOrDefault(transfer.Debit) - transfer.Amount;
                held[transfer.Credit] = held.GetValueOrDefault(transfer.Credit) + transfer.Amount;
            }

            return held.Where(row => row.Key != AccountId.Issuance && row.Value > 0).ToDictionary();
        }

        private string WhyOf(AccountId account, AssetId asset, BigInteger units, BigInteger total, Hash32 model)
        {
            var holders = data.Shares.Where(row => row.Model == model && row.Account == account).ToArray();
            if (asset != AssetId.Of(model))
            {
                return $"{units} of {total} staked base units, frozen at issue";
            }

            var issued = holders.Where(row => row.Class != ShareLineClass.Stake).ToArray();
            var traded = units - issued.Aggregate(BigInteger.Zero, (sum, row) => sum + row.Units);
            var sources = issued.Select(row => $"{row.Units} for {Source(row, model)}");
            var trade = traded.IsZero ? [] : new[] { traded > 0 ? $"{traded} bought" : $"{-traded} sold" };
            return $"{units} of {total} shares: {string.Join(", ", sources.Concat(trade))}";
        }

        private string Source(ShareLine row, Hash32 model)
        {
            var runs = data.Runs.Where(run => run.Model == model).ToArray();
            switch (row.Class)
            {
                case ShareLineClass.Data:
                    var own = runs.SelectMany(run => run.Rounds.Where(round => !round.Attribution.IsEmpty)
                        .Select(round => round.Attribution[run.Contributors.IndexOf(row.Account.Key)]));
                    var all = runs.SelectMany(run => run.Rounds).SelectMany(round => round.Attribution);
                    var datasets = data.Datasets.Where(set => set.Contributor == row.Account.Key && runs.Any(run => run.Job == set.Job));
                    return $"data (attribution {Sum(own)} of {Sum(all)}, dataset {string.Join(" ", datasets.Select(set => set.Dataset))})";
                case ShareLineClass.Compute:
                    var leases = data.Leases.Where(lease => runs.Any(run => run.Workers.Any(worker => worker.Lease == lease.Terms.Lease))).ToArray();
                    var mine = leases.Where(lease => lease.Terms.Host == row.Account.Key).Select(lease => (Int128)lease.VerifiedMs);
                    return $"compute ({Sum(mine)} of {Sum(leases.Select(lease => (Int128)lease.VerifiedMs))} verified ms)";
                default:
                    return row.Class.ToString().ToLowerInvariant();
            }
        }

        private static BigInteger Sum(IEnumerable<Int128> values) => values.Aggregate(BigInteger.Zero, (sum, value) => sum + value);
    }
}
