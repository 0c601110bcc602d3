using Gaib.Abstractions.Money;
using Gaib.Domain.Money;
using Gaib.Domain.Revenue;

namespace Gaib.Silo.Export;

/// <summary>Network, transfers, accounts, assets, commands, pools.</summary>
internal static class MoneyExport
{
    public static void WriteNetwork(ExportSource source, string directory)
    {
        var genesis = source.Network.Genesis;
        ExportFile.WriteObject(Path.Combine(directory, "network.json"), row => row
            .Text("file", "network").Number("version", 1)
            .Number("exportedAt", source.ExportedAt)
            .Text("network", genesis.Network)
            .Number("chainId", (long)genesis.ChainId)
            .Of("verifyingContract", genesis.VerifyingContract)
            .Number("startsAt", genesis.StartsAt)
            .Of("genesisHash", source.Network.Id)
            .Of("beaconTip", genesis.BeaconTip)
            .List("allocations", genesis.Allocations, (r, a) => r.Of("account", a.Account).Big("amount", a.Amount))
            .List("classes", genesis.Classes, (r, c) => r
                .Text("name", c.Name).Big("macsPerMs", c.MacsPerMs).Big("rateAtTarget", c.RateAtTarget)
                .Big("rateMin", c.RateMin).Big("rateMax", c.RateMax))
            .Texts("settlers", genesis.Settlers)
            .Number("settlerThreshold", genesis.SettlerThreshold)
            .List("parameters", [genesis.Parameters], (r, p) =>
            {
                r.Number("fromSequence", 0);
                foreach (var field in p.Fields)
                {
                    r.Big(field.Name, field.Value);
                }
            })
            .Object("domains", domains => domains
                .Object("commands", d => d.Text("name", "Gaib").Text("version", "1").Number("chainId", (long)genesis.ChainId)
                    .Of("salt", source.Network.Id))
                .Object("settlement", d => d.Text("name", "GaibSettlement").Text("version", "1").Number("chainId", (long)genesis.ChainId)
                    .Of("verifyingContract", genesis.VerifyingContract)))
            .Object("rules", WriteRules));
    }

    public static void WriteTransfers(ExportSource source, string directory)
    {
        using var file = new ExportFile(directory, "transfers");
        var sequence = 0L;
        foreach (var (at, row) in source.Rows)
        {
            if (row is TransferRow { Transfer: { Result: Domain.Reason.None } t })
            {
                file.Line(r => r.Number("seq", ++sequence).Big("id", t.Id).Of("debit", t.Debit).Of("credit", t.Credit).Of("asset", t.Asset)
                    .Big("amount", t.Amount).Name("phase", t.Phase).Big("of", t.Of).Number("expiresAt", t.ExpiresAt)
                    .Flag("linked", t.Flags.HasFlag(TransferFlags.Linked)).Of("cause", t.Cause).Number("at", at));
            }
        }
    }

    public static void WriteCommands(ExportSource source, string directory)
    {
        using var file = new ExportFile(directory, "commands");
        foreach (var (at, row) in source.Rows)
        {
            if (row is not CommandRow { Command: var command, Sequence: var sequence })
            {
                continue;
            }

            Domain.Signature.TryRead(command.Signature.AsSpan(), out var signature);
            file.Line(r => r.Of("digest", command.Digest).Text("type", command.Type).Text("typeString", CommandTypes.TypeString(command.Type))
                .Of("account", command.Account).Raw("payload", command.Payload).Of("signer", command.Signer).Of("signature", signature)
                .Big("nonce", command.Nonce).Number("deadline", command.Deadline).Number("seq", (long)sequence).Number("at", at));
        }
    }

    public static async Task WriteBooksAsync(ExportSource source, string directory)
    {
        // The book's own state is made again from its journal, so that the export can't show a balance that the journal does not have.
        var book = new Book();
        foreach (var frame in source.Frames)
        {
            book.Replay(frame.Rows, frame.At);
        }

        using (var accounts = new ExportFile(directory, "accounts"))
        {
            foreach (var (key, balance) in book.Balances.OrderBy(b => b.Key))
            {
                accounts.Line(r => r.Of("account", key.Account).Name("kind", key.Account.Kind).Of("asset", key.Asset)
                    .Big("debits", balance.DebitsPosted).Big("credits", balance.CreditsPosted)
                    .Big("pendingDebits", balance.DebitsPending).Big("pendingCredits", balance.CreditsPending));
            }
        }

        using (var assets = new ExportFile(directory, "assets"))
        {
            foreach (var asset in book.Assets)
            {
                assets.Line(r => r.Of("asset", asset.Asset).Of("pool", asset.Pool).Flag("frozen", asset.Frozen).Of("model", asset.Cause));
            }
        }

        using var pools = new ExportFile(directory, "pools");
        foreach (var account in book.Pools.Select(pool => pool.Account).Order())
        {
            var (state, members) = await ReadPoolAsync(source, account);
            pools.Line(r => r.Of("pool", account).Of("asset", state.Asset).Big("fed", state.Fed).Big("acc", state.Acc).Big("rem", state.Rem)
                .Big("unallocated", state.Unallocated).Big("weight", state.Weight)
                .List("members", members, (m, row) => m.Of("account", row.Key).Big("weight", row.Value.Weight)
                    .Big("accrued", row.Value.Accrued).Big("fraction", row.Value.Fraction).Big("paidAcc", row.Value.PaidAcc)
                    .Big("collected", row.Value.Collected)));
        }
    }

    private static async Task<(PoolState State, IEnumerable<KeyValuePair<AccountId, PoolMember>> Members)> ReadPoolAsync(
        ExportSource source, AccountId pool)
    {
        var view = await source.Book.GetPool(pool);
        var members = view.Members.ToList();
        for (var next = view.Next; next > 0;)
        {
            var page = await source.Book.GetPoolPage(pool, next, PoolView.MembersMax);
            members.AddRange(page.Members);
            next = page.Next;
        }

        return (view.State, members.OrderBy(row => row.Key));
    }

    private static void WriteRules(ExportRow rules) => rules
        .Number("valuationRule", Domain.Data.KnnShapley.RuleVersion)
        .Number("heldBackRule", Domain.Data.HeldBackSplit.RuleVersion)
        .Number("embedder", Domain.Data.Projector.RuleVersion)
        .Number("beaconRule", Domain.Data.Beacon.RuleVersion)
        .Number("rateRule", Domain.Compute.RateRule.RuleVersion)
        .Number("billingRule", Domain.Compute.LeaseBilling.RuleVersion)
        .Number("marketRule", Domain.Compute.MarketRule.RuleVersion)
        .Number("gemmRule", Domain.Compute.GemmChallenge.RuleVersion)
        .Number("runRule", Domain.Training.RunRule.RuleVersion)
        .Number("trainingRule", Domain.Training.TrainingSettings.RuleVersion)
        .Number("attributionRule", Domain.Training.Attribution.RuleVersion)
        .Number("shareIssueRule", Domain.Models.ShareIssueRule.RuleVersion)
        .Number("feeRule", Domain.Models.FeeRule.RuleVersion)
        .Number("sessionRule", Domain.Models.SessionRule.RuleVersion)
        .Number("hostChoiceRule", Domain.Models.HostChoice.RuleVersion)
        .Number("hostEpochRule", Domain.Models.HostEpochRule.RuleVersion)
        .Number("settlementRule", Domain.Settlement.SettlementRules.RuleVersion);
}
