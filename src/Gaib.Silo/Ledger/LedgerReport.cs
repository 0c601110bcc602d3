using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gaib.Silo.Ledger;

/// <summary>What a check of a ledger has found.</summary>
/// <param name="Book">The book, for one <c>book-0</c>.</param>
/// <param name="Frames">The last frame that was read.</param>
/// <param name="Transfers">Transfers that the journal has applied, up to there.</param>
/// <param name="Accounts">Accounts and assets that were folded.</param>
/// <param name="Compared">What was compared with the journal, by name.</param>
/// <param name="Differences">What was found, the first few of each place.</param>
/// <param name="DifferenceCount">How much was found.</param>
/// <param name="Notes">What else is to be known; nothing that is wrong.</param>
public sealed record LedgerReport(
    string Book,
    ulong Frames,
    ulong Transfers,
    int Accounts,
    IReadOnlyList<string> Compared,
    IReadOnlyList<LedgerDifference> Differences,
    long DifferenceCount,
    IReadOnlyList<string> Notes)
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>True when nothing differs.</summary>
    public bool IsEqual => DifferenceCount == 0;

    /// <summary>One JSON object on one line; numbers of base units are decimal strings.</summary>
    public string ToJson() => new JsonObject
    {
        ["file"] = "ledgerCheck",
        ["version"] = 1,
        ["book"] = Book,
        ["frames"] = Frames,
        ["transfers"] = Transfers,
        ["accounts"] = Accounts,
        ["compared"] = new JsonArray([.. Compared.Select(name => JsonValue.Create(name))]),
        ["equal"] = IsEqual,
        ["differenceCount"] = DifferenceCount,
        ["differences"] = new JsonArray([.. Differences.Select(difference => new JsonObject
        {
            ["where"] = difference.Where,
            ["subject"] = difference.Fault.Subject,
            ["asset"] = difference.Fault.Asset,
            ["what"] = difference.Fault.What,
            ["byTheJournal"] = difference.Fault.Expected.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["found"] = difference.Fault.Found.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["transfer"] = difference.Fault.Sequence,
        })]),
        ["notes"] = new JsonArray([.. Notes.Select(note => JsonValue.Create(note))]),
    }.ToJsonString(OneLine);

    internal static LedgerReport Of(string book, LedgerWalk walk, params string[] notes) => new(
        book,
        walk.At.Frame,
        walk.Refold.Sequence,
        walk.Refold.BalanceCount,
        walk.Compared,
        walk.Differences,
        walk.DifferenceCount,
        [.. notes.Where(note => note.Length > 0)]);
}
