using System.CommandLine;
using Gaib.Abstractions.Ports;
using Gaib.Cli.Demo;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Silo.Export;
using Gaib.Verify;
using Gaib.Verify.Models;
using Spectre.Console;

namespace Gaib.Cli.Settlement;

/// <summary><c>gaib export</c> reads a node's data directory; <c>gaib verify</c> and <c>gaib explain</c> need an export and nothing else.</summary>
internal static class ExportCommands
{
    public static Command Export()
    {
        var data = new Option<string>("--data-dir") { Description = "The node's data directory. The node must be stopped.", DefaultValueFactory = _ => "gaib-data" };
        var target = new Option<string>("--out") { Description = "An empty or new folder, or one with an earlier export.", Required = true };
        var burn = new Option<string>("--burn") { Description = "Held-back parts to reveal for good, of door,round,test. Default: none.", DefaultValueFactory = _ => "" };
        var command = new Command("export", "Writes all that anyone needs to recompute the economy.") { data, target, burn };
        command.SetAction(async (parsed, _) => await ExportAsync(parsed.GetValue(data)!, parsed.GetValue(target)!, parsed.GetValue(burn)!));
        return command;
    }

    public static Command Verify()
    {
        var directory = new Argument<string>("dir") { Description = "The folder of an export." };
        var command = new Command("verify", "Recomputes an export offline. Exit code 0: all holds. 1: something does not. 3: all that could be checked holds, but blobs are missing.")
        {
            directory,
        };
        command.SetAction(parsed => Run(parsed.GetValue(directory)!));
        return command;
    }

    public static Command Explain()
    {
        var receipt = new Argument<string?>("receipt") { Description = "The receipt's hash. Default: the first receipt.", Arity = ArgumentArity.ZeroOrOne };
        var export = new Option<string>("--export") { Description = "The folder of an export.", DefaultValueFactory = _ => Path.Combine("gaib-data", "export") };
        var command = new Command("explain", "Takes one inference's fee apart, down to the last payee, in exact fractions.") { receipt, export };
        command.SetAction(parsed => Explain(parsed.GetValue(export)!, parsed.GetValue(receipt)));
        return command;
    }

    /// <summary>The explanation as a tree.</summary>
    public static Tree TreeOf(ExplainedPart fee)
    {
        var tree = new Tree(Text(fee));
        Grow(tree, fee);
        return tree;
    }

    private static async Task<int> ExportAsync(string data, string target, string burn)
    {
        try
        {
            var kinds = burn.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(name => Enum.TryParse<HeldBackKind>(name, ignoreCase: true, out var kind)
                    ? kind
                    : throw new ArgumentException($"--burn knows door, round and test, not '{name}'.")).ToHashSet();
            await using var node = await DemoNode.OpenAsync(data);
            await EconomyExport.WriteAsync(node, target, kinds);
            Console.WriteLine($"exported {data} to {target}");
            return 0;
        }
        catch (Exception fault) when (fault is ArgumentException or JournalUnavailableException or IOException)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
    }

    private static int Run(string directory)
    {
        if (!Directory.Exists(directory))
        {
            Console.Error.WriteLine($"{directory} is no folder. Name the folder of an export, for one gaib-data/export.");
            return VerificationReport.DoesNotHold;
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

        Console.WriteLine(report.ExitCode switch
        {
            VerificationReport.Holds => $"all holds: {report.Lines.Values.Sum()} lines recomputed",
            VerificationReport.PartlyReplayed => "all that could be checked holds",
            _ => "it does not hold",
        });
        return report.ExitCode;
    }

    private static int Explain(string export, string? receipt)
    {
        try
        {
            AnsiConsole.Write(TreeOf(ReceiptExplanation.Explain(export, receipt is null ? null : Hash32.Parse(receipt))));
            return 0;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or IOException)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
    }

    private static void Grow(IHasTreeNodes node, ExplainedPart part)
    {
        foreach (var child in part.Parts)
        {
            Grow(node.AddNode(Text(child)), child);
        }
    }

    private static string Text(ExplainedPart part) => Markup.Escape($"{part.Payee}: {part.Amount}") + "\n" + $"[dim]{Markup.Escape(part.Why)}[/]";
}
