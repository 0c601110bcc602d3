using Gaib.Abstractions.Ports;
using Microsoft.Extensions.Options;

namespace Gaib.Storage.Journal;

/// <summary>Journals in folders of the local disk.</summary>
public sealed class LocalJournalStore : IJournalStore
{
    private readonly JournalOptions _options;

    /// <summary>Uses the folder that the options name.</summary>
    /// <exception cref="ArgumentException">The directory is not set, or the segment size is out of range.</exception>
    public LocalJournalStore(IOptions<JournalOptions> options)
    {
        _options = options.Value;
        ArgumentException.ThrowIfNullOrWhiteSpace(_options.Directory, nameof(JournalOptions.Directory));
        if (_options.SegmentBytes is < (64 << 10) or > (1 << 30))
        {
            throw new ArgumentException($"{nameof(JournalOptions.SegmentBytes)} is {_options.SegmentBytes}; it must be from 64 KiB to 1 GiB.");
        }
    }

    /// <inheritdoc/>
    public Task<IJournal> OpenAsync(string name, CancellationToken cancellationToken = default) =>
        Task.Run<IJournal>(() => LocalJournal.Open(_options, FolderOf(name)), cancellationToken);

    /// <inheritdoc/>
    public IEnumerable<JournalFrame> Read(string name)
    {
        using var files = LocalJournalFiles.Browse(FolderOf(name));
        foreach (var frame in Segments.FromFirst(files))
        {
            yield return frame;
        }
    }

    /// <inheritdoc/>
    public IJournalHistory OpenHistory(string name) => new LocalJournalHistory(FolderOf(name));

    private string FolderOf(string name) => Path.Combine(_options.Directory, name);
}
