using System.Diagnostics;

namespace Gaib.Kills.Tests.Node;

/// <summary>Kills the process that it lives in, with SIGKILL, when a named point is reached for the n-th time.</summary>
internal sealed class Strike(string point, int occurrence)
{
    public const string StruckLine = "struck ";

    private int _left = occurrence;

    /// <summary>A point is reached.</summary>
    public void Reach(string name) => Reach(name, static () => { });

    /// <summary>A point is reached at which something is done last.</summary>
    public void Reach(string name, Action last)
    {
        if (name == point && Interlocked.Decrement(ref _left) == 0)
        {
            last();
            Console.Out.WriteLine(StruckLine + name);
            Console.Out.Flush();
            Process.GetCurrentProcess().Kill();
        }
    }
}
