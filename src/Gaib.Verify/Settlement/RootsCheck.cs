using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Settlement;

namespace Gaib.Verify.Settlement;

/// <summary>Every closed epoch's tree holds what the vouchers up to it say, in slots that never change hands.</summary>
internal static class RootsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var last = new Dictionary<ulong, RootLine>();
        foreach (var line in data.Roots)
        {
            var before = last.GetValueOrDefault(line.Chain);
            findings.Equal(line.At, "epoch", (before?.Epoch ?? 0) + 1, line.Epoch);
            CheckSlots(data, line, before, findings);
            CheckTree(data, line, findings);
            last[line.Chain] = line;
        }

        foreach (var voucher in data.Vouchers)
        {
            var open = (last.GetValueOrDefault(voucher.Chain)?.Epoch ?? 0) + 1;
            findings.That(voucher.Epoch <= open, voucher.At, "epoch", $"at most {open}, which is open", voucher.Epoch);
        }
    }

    private static void CheckSlots(ExportData data, RootLine line, RootLine? before, Findings findings)
    {
        var totals = new Dictionary<Address, UInt128>();
        foreach (var voucher in data.Vouchers.Where(v => v.Chain == line.Chain && v.Epoch <= line.Epoch))
        {
            totals[voucher.Account] = voucher.Cumulative;
        }

        for (var i = 0; i < line.Slots.Length; i++)
        {
            var slot = line.Slots[i];
            findings.That(totals.Remove(slot.Account, out var total), line.At, $"slots[{i}].account", "an account with a voucher, once", slot.Account);
            findings.Equal(line.At, $"slots[{i}].cumulative", total, slot.Cumulative);
            if (before is not null && i < before.Slots.Length)
            {
                findings.Equal(line.At, $"slots[{i}].account", before.Slots[i].Account, slot.Account);
            }
        }

        findings.That(totals.Count == 0, line.At, "slots", "a slot for each account with a voucher", $"none for {totals.Count}");
        findings.That(before is null || before.Slots.Length <= line.Slots.Length, line.At, "slots", "all slots of the epoch before", line.Slots.Length);
    }

    /// <summary>Zero leaves fill the tree up to a power of two; a pair is hashed in ascending order.</summary>
    private static void CheckTree(ExportData data, RootLine line, Findings findings)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)int.Max(1, line.Slots.Length));
        var level = new Hash32[size];
        for (var i = 0; i < line.Slots.Length; i++)
        {
            var leaf = new AbiWriter(3).Address(line.Slots[i].Account).Address(data.Network.VerifyingContract).UInt(line.Slots[i].Cumulative).Hash();
            level[i] = Keccak.Hash(leaf.ToArray());
        }

        for (var count = size; count > 1; count /= 2)
        {
            for (var i = 0; i < count / 2; i++)
            {
                var (a, b) = (level[2 * i], level[(2 * i) + 1]);
                level[i] = a < b ? Keccak.Hash(a, b) : Keccak.Hash(b, a);
            }
        }

        findings.Equal(line.At, "depth", BitOperations.Log2((uint)size), line.Depth);
        findings.Equal(line.At, "root", level[0], line.Root);
    }
}
