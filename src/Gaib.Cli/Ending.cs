using Gaib.Abstractions.Ports;
using Gaib.Cli.Demo;

namespace Gaib.Cli;

/// <summary>How a command ends: its exit code, and one sentence on standard error when it could not do what it was asked.</summary>
internal static class Ending
{
    public const int Done = 0;

    /// <summary>It was asked rightly and failed.</summary>
    public const int Failed = 1;

    /// <summary>It was asked wrongly; nothing was touched.</summary>
    public const int Usage = 2;

    /// <summary>The variable that, set to 1, has the whole of a fault printed.</summary>
    private const string Trace = "GAIB_TRACE";

    /// <summary>
    /// Runs a command. Faults that say what to do are printed as that sentence alone, also from within what a runtime has wrapped around
    /// them; any other is a bug of this program, and goes on to be printed whole.
    /// </summary>
    public static async Task<int> OfAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception fault) when (SentenceOf(fault) is { } sentence)
        {
            await Console.Error.WriteLineAsync(Environment.GetEnvironmentVariable(Trace) == "1" ? fault.ToString() : sentence);
            return Failed;
        }
    }

    public static int Of(Func<int> work) => OfAsync(() => Task.FromResult(work())).GetAwaiter().GetResult();

    public static int SayUsage(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return Usage;
    }

    internal static string? SentenceOf(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is DemoException or JournalUnavailableException or ChunkCorruptException or IOException
                or UnauthorizedAccessException or ArgumentException or InvalidOperationException or FormatException)
            {
                return cause.Message;
            }
        }

        return null;
    }
}
