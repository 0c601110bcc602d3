using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Gaib.EndToEnd.Tests;

/// <summary>A demo that nobody killed: what it printed, and when it was where.</summary>
internal sealed class Undisturbed
{
    public const string Export = "export";
    public const string Verification = "verification";

    /// <summary>Printed when the verification begins.</summary>
    public const string VerificationLine = "Verification";

    private readonly List<(string Name, TimeSpan At)> _noted = [];
    private TimeSpan _verifying;

    private Undisturbed(int seed) => Seed = seed;

    public int Seed { get; }

    public JsonObject Report { get; private set; } = [];

    /// <summary>From the start of the process to its end.</summary>
    public TimeSpan Duration { get; private set; }

    public IEnumerable<string> Steps => _noted.Select(step => step.Name);

    /// <summary>The chapters in their order: some steps by themselves, others together, and what comes after the last step.</summary>
    public IEnumerable<string> Chapters => Steps.Select(ChapterOf).Distinct().Append(Export).Append(Verification);

    public static async Task<Undisturbed> RunAsync(string directory, int seed)
    {
        var demo = new Undisturbed(seed);
        var clock = Stopwatch.StartNew();
        using var process = GaibProcess.Start(
            line => demo._verifying = line.Trim() == VerificationLine ? clock.Elapsed : demo._verifying,
            DemoRun.Arguments(directory, seed));
        var ended = process.EndAsync();
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, Task.Delay(1));
            demo._noted.AddRange(Noted(directory).Skip(demo._noted.Count).Select(step => (step, clock.Elapsed)));
        }

        var finished = await ended;
        demo.Duration = clock.Elapsed;
        Assert.True(finished.ExitCode == 0, finished.Errors);
        demo.Report = DemoRun.Parse(finished.Output);
        return demo;
    }

    /// <summary>The steps that are noted as done. A name without its line end is not.</summary>
    public static string[] Noted(string directory)
    {
        var path = PathOf(directory);
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = file.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Takes back that a step is done, and all after it: as if the process had died just before it noted the step.</summary>
    public static void Forget(string directory, string step)
    {
        var kept = Noted(directory).TakeWhile(done => done != step).Select(done => done + "\n");
        File.WriteAllText(PathOf(directory), string.Concat(kept));
    }

    /// <summary>The last step before a chapter, or null where none is; and how long the chapter takes.</summary>
    public (string? After, TimeSpan Takes) Span(string chapter)
    {
        if (chapter is Export or Verification)
        {
            return (_noted[^1].Name, chapter == Export ? _verifying - _noted[^1].At : Duration - _verifying);
        }

        var first = _noted.FindIndex(step => ChapterOf(step.Name) == chapter);
        var last = _noted.FindLastIndex(step => ChapterOf(step.Name) == chapter);
        return first == 0 ? (null, _noted[last].At) : (_noted[first - 1].Name, _noted[last].At - _noted[first - 1].At);
    }

    /// <summary>The last step of a chapter; null for what comes after all steps.</summary>
    public string? LastOf(string chapter) => Steps.LastOrDefault(step => ChapterOf(step) == chapter);

    /// <summary>The chapter in which a process died.</summary>
    public string ChapterOfDeath(string directory, bool verifying)
    {
        var done = Noted(directory).ToHashSet();
        return Steps.FirstOrDefault(step => !done.Contains(step)) is { } step ? ChapterOf(step) : verifying ? Verification : Export;
    }

    private static string ChapterOf(string step) => step switch
    {
        "stake" or "policies" => "people",
        "job" or "value" => "data",
        "gpus" or "asks" or "order" => "compute",
        "run" or "finish" => "training",
        "issue" or "price" => "model",
        "root" or "end" => "root",
        _ when step.StartsWith("contribute ", StringComparison.Ordinal) => "data",
        _ when step.StartsWith("round ", StringComparison.Ordinal) => "training",
        _ => step,
    };

    private static string PathOf(string directory) => Path.Combine(directory, "demo-steps");
}
