using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;
using Microsoft.Extensions.Options;

namespace Gaib.Kills.Tests;

/// <summary>A whole journal, read from its files, archive included.</summary>
internal sealed class JournalReading
{
    private readonly HashSet<UInt128> _ids = [];
    private Transfer? _linked;

    public JournalReading(string books)
    {
        var folder = Path.Combine(books, BookNames.Of(0));
        var number = 0UL;
        foreach (var frame in new LocalJournalStore(Options.Create(new JournalOptions { Directory = books })).Read(BookNames.Of(0)))
        {
            Assert.Equal(++number, frame.Number);
            foreach (var row in BookRow.Read(frame.Rows))
            {
                Take(row);
            }

            Assert.Null(_linked);
        }

        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Segments = files.Count(file => file.EndsWith(".seg", StringComparison.Ordinal));
        Unfinished = [.. files.Where(file => !file.EndsWith(".seg", StringComparison.Ordinal) && !file.EndsWith(".snap", StringComparison.Ordinal)
            && Path.GetFileName(file) != "owner")];
    }

    /// <summary>Transfers that were applied.</summary>
    public ulong Applied { get; private set; }

    /// <summary>Commands that were accepted.</summary>
    public ulong Commands { get; private set; }

    public int Segments { get; }

    /// <summary>Files that should not be there.</summary>
    public IReadOnlyList<string> Unfinished { get; }

    private void Take(BookRow row)
    {
        if (row is TransferRow { Transfer: var transfer })
        {
            Assert.True(_ids.Add(transfer.Id), $"{transfer.Id} stands twice in the journal");
            if (_linked is { } before)
            {
                // A chain stands in one piece, applied or refused whole.
                Assert.Equal(before.Id + 1, transfer.Id);
                Assert.Equal(before.Result == Reason.None, transfer.Result == Reason.None);
            }

            _linked = transfer.IsLinked ? transfer : null;
            Applied += transfer.Result == Reason.None ? 1UL : 0;
        }

        Commands += row is CommandRow ? 1UL : 0;
    }
}
