using Gaib.Domain.Money;

namespace Gaib.Verify.Money;

/// <summary>
/// What every list of transfers must be, whatever they move: one sequence without gaps, ids that occur once, the book's own ids in
/// order, time that never runs back, linked chains that are whole.
/// </summary>
internal static class TransferForm
{
    /// <summary>Writes what belongs to commands.</summary>
    public const ulong CommandWriter = 1;

    /// <summary>Writes what pools pay their members.</summary>
    public const ulong PoolWriter = 2;

    /// <summary>Writes that reservations expire.</summary>
    public const ulong ExpiryWriter = 3;

    private const ulong FirstIssuedWriter = 16;

    public static ulong WriterOf(TransferLine line) => (ulong)(line.Id >> 64);

    public static void Check(ExportData data, Findings findings)
    {
        var ids = new HashSet<UInt128>();
        var own = new ulong[ExpiryWriter + 1];
        var (seq, time) = (0UL, data.Network.StartsAt);
        foreach (var t in data.Transfers)
        {
            findings.Equal(t.At, "seq", ++seq, t.Seq);
            findings.That(t.Time >= time, t.At, "at", $"at least {time}", t.Time);
            findings.That(ids.Add(t.Id), t.At, "id", "one that did not occur", t.Id);
            var writer = WriterOf(t);
            if (findings.Equal(t.At, "id", WriterExpected(t, writer), writer) && writer < FirstIssuedWriter)
            {
                findings.Equal(t.At, "id", ++own[writer], (ulong)t.Id);
            }

            findings.That(t.ExpiresAt == 0 || (t.Phase == TransferPhase.Reserve && t.ExpiresAt > t.Time), t.At, "expiresAt", "0", t.ExpiresAt);
            CheckChain(data, t, findings);
            time = t.Time;
        }
    }

    /// <summary>A pool's payment is the pool's, an expiry the clock's; a command's and a grain's own differ by cause.</summary>
    private static ulong WriterExpected(TransferLine t, ulong writer) =>
        t.Phase == TransferPhase.Expire ? ExpiryWriter
        : t.Debit.Kind == AccountKind.Pool ? PoolWriter
        : writer == CommandWriter ? CommandWriter
        : ulong.Max(writer, FirstIssuedWriter);

    private static void CheckChain(ExportData data, TransferLine t, Findings findings)
    {
        if (t.Linked)
        {
            var next = t.Seq < (ulong)data.Transfers.Length ? data.Transfers[(int)t.Seq] : null;
            findings.That(
                next is not null && next.Id == t.Id + 1 && next.Cause == t.Cause && next.Time == t.Time, t.At, "linked",
                "the rest of the chain in the next line", next is null ? "the end" : "something else");
        }
    }
}
