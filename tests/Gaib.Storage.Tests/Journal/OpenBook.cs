using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>A book over a journal, as its grain has it.</summary>
internal sealed class OpenBook : IAsyncDisposable
{
    private OpenBook(IJournal journal)
    {
        Journal = journal;
        if (journal.Snapshot is { } snapshot)
        {
            Book = Book.Thaw(snapshot.Parts());
        }

        foreach (var frame in journal.Replay())
        {
            Book.Replay(frame.Rows, frame.At);
        }
    }

    public IJournal Journal { get; }

    public Book Book { get; } = new();

    public BookRows Rows { get; } = new();

    public async Task<TransferAnswer[]> AskAsync(ulong writer, params Transfer[] transfers)
    {
        var answers = new TransferAnswer[transfers.Length];
        Assert.Null(Book.ApplyBatch(writer, 0, transfers, 1_000, Rows.Clear(), answers));
        await KeepAsync();
        return answers;
    }

    public async Task KeepAsync()
    {
        if (!Rows.IsEmpty)
        {
            await Journal.DurableAsync(Journal.Append(Rows.Written, 1_000).Frame);
        }
    }

    /// <summary>Every balance as a line of text, by account and asset.</summary>
    public string[] Balances =>
    [
        .. Book.Balances.OrderBy(row => row.Key.Account).ThenBy(row => row.Key.Asset).Select(row =>
            $"{row.Key.Account} {row.Key.Asset} {row.Balance.DebitsPosted} {row.Balance.CreditsPosted} {row.Balance.DebitsPending} {row.Balance.CreditsPending}"),
    ];

    public static async Task<OpenBook> OpenAsync(JournalOptions options)
    {
        var store = new LocalJournalStore(Microsoft.Extensions.Options.Options.Create(options));
        return new OpenBook(await store.OpenAsync("book", TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync() => Journal.DisposeAsync();
}
