using System.CommandLine;
using Gaib.Verify;

namespace Gaib.Cli.Settlement;

/// <summary><c>gaib verify</c>: recomputes an export with nothing but its files.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("dir") { Description = "The folder of an export." };
        var asserted = new Option<bool>("--asserted") { Description = "Lists the fields that nothing can check, each with the reason." };
        var command = new Command(
            "verify",
            "Recomputes an export offline. Exit code 0: all holds. 1: something does not. 2: DIR is no export. 3: all that could be checked holds, but blobs are missing.")
        {
            directory, asserted,
        };
        command.SetAction(parsed => Ending.Of(() => Run(parsed.GetValue(directory)!, parsed.GetValue(asserted))));
        return command;
    }

    /// <summary>Why a folder can't be read as an export at all; null when it looks like one.</summary>
    public static string? WhyNot(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return $"{directory} is no folder. Name the folder of an export, for one gaib-data/export.";
        }

        if (File.Exists(Path.Combine(directory, "network.json")) || Directory.EnumerateFiles(directory, "*.ndjson").Any())
        {
            return null;
        }

        var inside = Path.Combine(directory, "export");
        return File.Exists(Path.Combine(directory, "network")) || File.Exists(Path.Combine(directory, "demo-seed"))
            ? $"{directory} is a node's data directory; did you mean {inside}?"
            : $"{directory} holds no export: there is no network.json.";
    }

    private static int Run(string directory, bool asserted)
    {
        if (WhyNot(directory) is { } wrong)
        {
            return Ending.SayUsage(wrong);
        }

        var report = ExportVerifier.Run(directory);
        foreach (var finding in report.Findings)
        {
            Console.Error.WriteLine(finding);
        }

        foreach (var missing in report.NotReplayed)
        {
            Console.WriteLine($"not replayed: {missing}");
        }

        foreach (var open in report.Open)
        {
            Console.WriteLine($"open: {open}");
        }

        Console.WriteLine($"genesis {report.Genesis}; compare it with the one that you know");
        Console.WriteLine(report.ExitCode switch
        {
            VerificationReport.Holds => $"all holds: {report.Lines.Values.Sum()} lines recomputed",
            VerificationReport.PartlyReplayed => "all that could be checked holds",
            _ => "it does not hold",
        });
        ShowAsserted(report, asserted);
        return report.ExitCode;
    }

    private static void ShowAsserted(VerificationReport report, bool asserted)
    {
        if (!asserted)
        {
            Console.WriteLine($"{report.Asserted.Length} fields are asserted and nothing can check them; --asserted lists them");
            return;
        }

        foreach (var field in report.Asserted)
        {
            Console.WriteLine($"asserted: {field.File} {field.Field}: {field.Reason}");
        }
    }
}
