namespace Gaib.Cli.Demo;

/// <summary>
/// Which steps of the demo are done, one name a line. A step that was cut short runs again from its beginning: all that it asks of
/// the node may be asked twice.
/// </summary>
internal sealed class DemoProgress : IDisposable
{
    private readonly HashSet<string> _done;
    private readonly FileStream _file;

    public DemoProgress(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "demo-steps");

        // A name without its line end was being written when the process died: the step counts as not done.
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        _done = [.. whole.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        _file.SetLength(whole.Length);
        _file.Position = whole.Length;
    }

    public bool Resumed => _done.Count > 0;

    public bool IsDone(string step) => _done.Contains(step);

    public void Done(string step)
    {
        _file.Write(System.Text.Encoding.UTF8.GetBytes(step + "\n"));
        _file.Flush(flushToDisk: true);
        _done.Add(step);
    }

    public void Dispose() => _file.Dispose();
}
