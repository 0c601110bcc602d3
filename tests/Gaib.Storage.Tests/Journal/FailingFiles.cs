using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>Real files, of which a write or a flush may throw: before it is done, or after.</summary>
internal sealed class FailingFiles(IJournalFiles inner, Action<string, bool> onCall) : IJournalFiles
{
    public string Place => inner.Place;

    public ulong Epoch => inner.Epoch;

    public void RequireOwner() => inner.RequireOwner();

    public IReadOnlyCollection<string> List() => inner.List();

    public long LengthOf(string name) => inner.LengthOf(name);

    public int Read(string name, long offset, Span<byte> into) => inner.Read(name, offset, into);

    public void Create(string name, long bytes) => inner.Create(name, bytes);

    public void Write(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        onCall("write", false);
        inner.Write(name, offset, bytes);
        onCall("write", true);
    }

    public void Flush(string name)
    {
        onCall("flush", false);
        inner.Flush(name);
        onCall("flush", true);
    }

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string name) => inner.Delete(name);

    public void Dispose() => inner.Dispose();
}
