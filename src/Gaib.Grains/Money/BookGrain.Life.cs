using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>How it begins and ends, and what it leaves for its next beginning.</summary>
internal sealed partial class BookGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _journal = await journals.OpenAsync(Name, cancellationToken);
        try
        {
            Load();
        }
        catch
        {
            // An activation that fails is never deactivated; what it holds would be locked for everybody.
            await _journal.DisposeAsync();
            throw;
        }

        _edges = new BookEdges(GrainFactory, _book, () => Durable(true));
        if (network.Books > 1)
        {
            this.RegisterGrainTimer(_ => Tell(), TimeSpan.Zero, TellEvery);
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _history?.Dispose();
        if (_journal is not null)
        {
            await ((Task)_saving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await _journal.DisposeAsync();
        }
    }

    private void Load()
    {
        if (_journal.Mended.Length > 0)
        {
            LogMended(logger, _journal.Mended);
        }

        var place = new BookPlace((uint)this.GetPrimaryKeyLong(), network.Books);
        _book = new Book(place);
        if (_journal.Snapshot is { } snapshot)
        {
            _book = Book.Thaw(snapshot.Parts(), place);
            _end = snapshot.Position;
        }

        foreach (var frame in _journal.Replay())
        {
            _book.Replay(frame.Rows, frame.At);
            _end = new JournalPosition(frame.Number, (frame.Number == _end.Frame ? _end.Offset : 0) + (uint)frame.Rows.Length);
        }

        if (_book.Audit() is { } fault)
        {
            throw new InvalidOperationException($"{Name} does not balance after replay: {fault} Restore it from a backup.");
        }
    }

    /// <summary>A snapshot only shortens the next start, so that failing to write one is nobody's fault but the log's to tell.</summary>
    private async Task SaveSnapshotAsync(FrozenBook state, JournalPosition position)
    {
        try
        {
            var bytes = 0UL;
            await _journal.SaveSnapshotAsync(position, state.Parts().Select(part =>
            {
                bytes += (ulong)part.Length;
                return part;
            }));
            _snapshotBytes = bytes;
        }
        catch (Exception fault)
        {
            LogNoSnapshot(logger, Name, fault);
        }
    }
}
