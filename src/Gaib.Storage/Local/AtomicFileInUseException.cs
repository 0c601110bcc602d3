namespace Gaib.Storage.Local;

/// <summary>Another process owns the folder. Two processes on one folder would overwrite each other unseen.</summary>
public sealed class AtomicFileInUseException : IOException
{
    /// <summary>Names the folder.</summary>
    public AtomicFileInUseException(string folder, Exception inner)
        : base($"The folder {folder} is in use by another process.", inner) => Folder = folder;

    /// <summary>The folder.</summary>
    public string Folder { get; }
}
