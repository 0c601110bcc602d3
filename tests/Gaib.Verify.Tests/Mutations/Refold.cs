using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Verify.Money;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>
/// Makes everything that follows from the transfers anew, so that a forged export fits together: what pools pay, what policies withdraw
/// and sessions give back, accounts, pools, vouchers and roots.
/// </summary>
internal static class Refold
{
    public static void Run(ExportText text)
    {
        Renumber(text);
        var data = text.Load();
        var ledger = new Ledger(data.Assets);
        var policies = data.CommandsOf<SettlementPolicy>().Select(policy => policy.Line.Digest).ToHashSet();
        var withdrawals = new List<TransferLine>();
        foreach (var line in data.Transfers)
        {
            var t = Decided(data, ledger, policies, line);
            if (t.Amount != line.Amount)
            {
                var row = text.Object("transfers.ndjson", (int)t.Seq);
                row["amount"] = Show(t.Amount);
                text.Set("transfers.ndjson", (int)t.Seq, row);
            }

            ledger.Apply(t);
            if (t.Credit.Kind == AccountKind.Settlement)
            {
                withdrawals.Add(t);
            }
        }

        WriteAccounts(text, ledger);
        WritePools(text, ledger);
        WriteSettlements(text, withdrawals);
    }

    /// <summary>Takes transfers out, and keeps every command at its place among those that stay.</summary>
    public static void Remove(ExportText text, Func<JsonObject, bool> goes)
    {
        var kept = text.Rows("transfers.ndjson").Where(t => !goes(t.Row)).Select(t => (ulong)t.Row["seq"]!).ToArray();
        Move(text, seq => (ulong)kept.Count(k => k < seq) + 1);
        text.Rewrite("transfers.ndjson", row => goes(row) ? null : row);
    }

    /// <summary>Puts a transfer after another one.</summary>
    public static void Insert(ExportText text, int after, JsonObject row)
    {
        Move(text, seq => seq > (ulong)after ? seq + 1 : seq);
        text["transfers.ndjson"] = text["transfers.ndjson"].Insert(after + 1, row.ToJsonString(ExportText.Options));
        Renumber(text);
    }

    private static void Move(ExportText text, Func<ulong, ulong> place)
    {
        text.Rewrite("commands.ndjson", row => With(row, "seq", place((ulong)row["seq"]!)));
        text.Rewrite("prices.ndjson", row => With(row, "fromSequence", place((ulong)row["fromSequence"]!)));
    }

    /// <summary>The sequence without gaps, and the ids of the book's own writers without gaps.</summary>
    private static void Renumber(ExportText text)
    {
        var own = new Dictionary<BigInteger, ulong>();
        var seq = 0UL;
        text.Rewrite("transfers.ndjson", row =>
        {
            var id = BigInteger.Parse((string)row["id"]!, CultureInfo.InvariantCulture);
            var writer = id >> 64;
            if (writer < 16)
            {
                own[writer] = own.GetValueOrDefault(writer) + 1;
                row["id"] = ((writer << 64) + own[writer]).ToString(CultureInfo.InvariantCulture);
            }

            return With(row, "seq", ++seq);
        });
    }

    private static TransferLine Decided(ExportData data, Ledger ledger, HashSet<Hash32> policies, TransferLine t)
    {
        if (t.Debit.Kind == AccountKind.Pool && t.Asset == AssetId.Gaib)
        {
            return t with { Amount = (UInt128)ledger.Pools[t.Debit].Due(t.Credit) };
        }

        if (t.Debit.Kind == AccountKind.Session && t.Credit.Kind == AccountKind.Person)
        {
            var session = data.Sessions.Single(s => AccountId.Of(AccountKind.Session, s.Session) == t.Debit);
            return t with { Amount = session.Cap - session.Fees };
        }

        return policies.Contains(t.Cause) ? t with { Amount = (UInt128)ledger.Available(t.Debit, AssetId.Gaib) } : t;
    }

    private static void WriteAccounts(ExportText text, Ledger ledger) => text["accounts.ndjson"] =
    [
        text["accounts.ndjson"][0],
        .. ledger.Balances.Select(b => new JsonObject
        {
            ["account"] = b.Key.Account.ToString(),
            ["kind"] = char.ToLowerInvariant(b.Key.Account.Kind.ToString()[0]) + b.Key.Account.Kind.ToString()[1..],
            ["asset"] = b.Key.Asset.ToString(),
            ["debits"] = Show(b.Value.Debits),
            ["credits"] = Show(b.Value.Credits),
            ["pendingDebits"] = Show(b.Value.PendingDebits),
            ["pendingCredits"] = Show(b.Value.PendingCredits),
        }.ToJsonString(ExportText.Options)),
    ];

    private static void WritePools(ExportText text, Ledger ledger) => text["pools.ndjson"] =
    [
        text["pools.ndjson"][0],
        .. ledger.Pools.Select(p =>
        {
            p.Value.SettleAll();
            return new JsonObject
            {
                ["pool"] = p.Key.ToString(),
                ["asset"] = p.Value.Asset.ToString(),
                ["fed"] = Show(p.Value.Fed),
                ["acc"] = Show(p.Value.Acc),
                ["rem"] = Show(p.Value.Rem),
                ["unallocated"] = Show(p.Value.Unallocated),
                ["weight"] = Show(p.Value.Weight),
                ["members"] = new JsonArray([.. p.Value.Members.Select(m => (JsonNode)new JsonObject
                {
                    ["account"] = m.Key.ToString(),
                    ["weight"] = Show(m.Value.Weight),
                    ["accrued"] = Show(m.Value.Accrued),
                    ["fraction"] = Show(m.Value.Fraction),
                    ["paidAcc"] = Show(m.Value.PaidAcc),
                    ["collected"] = Show(m.Value.Collected),
                })]),
            }.ToJsonString(ExportText.Options);
        }),
    ];

    /// <summary>One voucher a withdrawal, as it was, with its total; the roots' slots follow. The demo has one chain and one epoch.</summary>
    private static void WriteSettlements(ExportText text, List<TransferLine> withdrawals)
    {
        var totals = withdrawals.GroupBy(t => t.Debit.ToString()).ToDictionary(
            group => group.Key, group => group.Aggregate(UInt128.Zero, (sum, t) => sum + t.Amount));
        text.Rewrite("settlements.ndjson", row => totals.TryGetValue((string)row["account"]!, out var total) ? With(row, "cumulative", Show(total)) : null);
        text.Rewrite("roots.ndjson", row =>
        {
            var slots = row["slots"]!.AsArray().Where(slot => totals.ContainsKey((string)slot!["account"]!))
                .Select(slot => (JsonNode)With(slot!.DeepClone().AsObject(), "cumulative", Show(totals[(string)slot["account"]!])));
            return With(row, "slots", new JsonArray([.. slots.ToImmutableArray()]));
        });
    }

    private static JsonObject With(JsonObject row, string name, JsonNode value)
    {
        row[name] = value;
        return row;
    }

    private static string Show(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Show(UInt128 value) => value.ToString(CultureInfo.InvariantCulture);
}
