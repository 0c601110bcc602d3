using System.Diagnostics;

namespace Gaib.Bench.Hosting;

/// <summary>
/// A folder for all that one run writes. A shell beside the run waits for the end of its standard input and then removes the folder: so
/// it goes away also when the run is killed. What runs in it has the same sign to end by.
/// </summary>
internal sealed class BenchFolder : IDisposable
{
    // What still runs in the folder may write for a moment more, so that one try is not enough.
    private const string Remove =
        """trap '' INT TERM HUP; cat >/dev/null; n=0; while [ -e "$1" ] && [ $n -lt 150 ]; do rm -rf "$1" 2>/dev/null; n=$((n+1)); [ ! -e "$1" ] || sleep 0.2; done""";

    private readonly Process _remover;

    public BenchFolder()
    {
        Root = Directory.CreateTempSubdirectory("gaib-bench-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            // A database may run as another user, who has to reach its own folder in here.
            File.SetUnixFileMode(Root, File.GetUnixFileMode(Root) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        _remover = Process.Start(new ProcessStartInfo("sh") { RedirectStandardInput = true, ArgumentList = { "-c", Remove, "sh", Root } })!;
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>A folder in it that does not exist yet.</summary>
    public string Below(string name) => Path.Combine(Root, name);

    public void Dispose()
    {
        _remover.StandardInput.Close();
        _remover.WaitForExit();
        _remover.Dispose();
    }
}
