namespace Gaib.Storage.Journal;

/// <summary>
/// The files of one journal, held by one owner. Whoever takes them raises the epoch and shuts out every earlier owner: from then on all
/// calls of that one fail. A name is at most one folder deep.
/// </summary>
internal interface IJournalFiles : IDisposable
{
    /// <summary>Where the files lie, for messages.</summary>
    string Place { get; }

    /// <summary>The owner's number: higher than any owner's before it.</summary>
    ulong Epoch { get; }

    /// <summary>Makes sure that nobody has taken the files over since.</summary>
    /// <exception cref="Abstractions.Ports.JournalUnavailableException">Somebody has.</exception>
    void RequireOwner();

    /// <summary>The names of all files, in any order.</summary>
    IReadOnlyCollection<string> List();

    /// <summary>How many bytes a file has.</summary>
    long LengthOf(string name);

    /// <summary>Reads bytes, fewer only at the end of the file.</summary>
    int Read(string name, long offset, Span<byte> into);

    /// <summary>Makes a file of zeros, replacing any; content and name are on stable storage afterwards.</summary>
    void Create(string name, long bytes);

    /// <summary>Writes bytes; a file grows as needed.</summary>
    void Write(string name, long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Brings all that was written to a file to stable storage.</summary>
    void Flush(string name);

    /// <summary>Gives a file another name, durably; a file that has it is replaced.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file durably, if it is there.</summary>
    void Delete(string name);
}
