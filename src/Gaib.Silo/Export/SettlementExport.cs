using Gaib.Abstractions;
using Gaib.Abstractions.Revenue;
using Gaib.Abstractions.Settlement;

namespace Gaib.Silo.Export;

/// <summary>Vouchers and roots.</summary>
internal static class SettlementExport
{
    public static async Task WriteAsync(ExportSource source, string directory)
    {
        string[] types = ["SettlementPolicy", "Withdraw"];
        using (var file = new ExportFile(directory, "settlements"))
        {
            var accounts = source.Commands.Where(row => types.Contains(row.Command.Type)).Select(row => row.Command.Account).Distinct().Order();
            foreach (var account in accounts)
            {
                foreach (var signed in (await source.Grains.Get<IContributorGrain>(account).GetEarnings()).Vouchers)
                {
                    var voucher = signed.Voucher;
                    file.Line(r => r.Of("account", account).Number("chain", (long)signed.Chain).Of("token", voucher.Token)
                        .Big("cumulative", voucher.Cumulative).Number("epoch", (long)voucher.Epoch).Number("deadline", (long)voucher.Deadline)
                        .Texts("signatures", signed.Signatures));
                }
            }
        }

        using var roots = new ExportFile(directory, "roots");
        foreach (var chain in types.SelectMany(type => source.MembersOf(type, "chain")).Select(long.Parse).Distinct().Order())
        {
            foreach (var root in await source.Grains.GetGrain<ISettlementGrain>(chain).GetRoots())
            {
                roots.Line(r => r.Number("chain", chain).Number("epoch", (long)root.Epoch).Of("root", root.Root).Number("depth", root.Depth)
                    .List("slots", root.Slots, (s, slot) => s.Of("account", slot.Account).Big("cumulative", slot.Cumulative)));
            }
        }
    }
}
