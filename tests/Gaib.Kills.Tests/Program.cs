using Gaib.Kills.Tests.Node;
using Xunit.Runner.InProc.SystemConsole;

namespace Gaib.Kills.Tests;

/// <summary>The tests, or, asked with <c>serve</c>, the node that they kill.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["serve", ..])
        {
            await ServedNode.RunAsync(ServedNodeSettings.Parse(args[1..]));
            return 0;
        }

        return await ConsoleRunner.Run(args);
    }
}
