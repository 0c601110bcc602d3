using System.CommandLine;
using Gaib.Cli.Demo;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Silo.Export;
using Gaib.Verify.Models;
using Spectre.Console;

namespace Gaib.Cli.Settlement;

/// <summary><c>gaib export</c> reads a node's data directory; <c>gaib explain</c> needs an export and nothing else.</summary>
internal static class ExportCommands
{
    private const int RedirectedWidth = 4_096;

    public static Command Export()
    {
        var data = Options.Folder("--data-dir", "The node's data directory. The node must be stopped.", "gaib-data");
        var target = Options.Folder("--out", "An empty or new folder, or one with an earlier export.", null);
        var burn = Options.Burn();
        var command = new Command("export", "Writes all that anyone needs to recompute the economy.") { data, target, burn };
        command.SetAction((parsed, _) => Ending.OfAsync(
            () => ExportAsync(parsed.GetValue(data)!, parsed.GetValue(target)!, parsed.GetValue(burn)!)));
        return command;
    }

    public static Command Explain()
    {
        var receipt = Options.Receipt();
        var export = Options.Folder("--export", "The folder of an export.", Path.Combine("gaib-data", "export"));
        var command = new Command("explain", "Takes one inference's fee apart, down to the last payee, in exact fractions.") { receipt, export };
        command.SetAction(parsed => Ending.Of(() => Explain(parsed.GetValue(export)!, parsed.GetValue(receipt))));
        return command;
    }

    /// <summary>The explanation as a tree.</summary>
    public static Tree TreeOf(ExplainedPart fee)
    {
        var tree = new Tree(Text(fee));
        Grow(tree, fee);
        return tree;
    }

    private static async Task<int> ExportAsync(string data, string target, IReadOnlySet<HeldBackKind> burn)
    {
        // Before the node is started, which takes a while and may have something to finish.
        ExportTarget.Check(target);
        await using var node = await DemoNode.OpenAsync(data);
        await EconomyExport.WriteAsync(node, target, burn);
        Console.WriteLine($"exported {data} to {target}");
        return Ending.Done;
    }

    private static int Explain(string export, Hash32? receipt)
    {
        if (VerifyCommand.WhyNot(export) is { } wrong)
        {
            return Ending.SayUsage(wrong);
        }

        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
        {
            // Whoever reads it from a file looks for whole hashes and addresses, not for lines that fit a screen.
            console.Profile.Width = RedirectedWidth;
        }

        console.Write(TreeOf(ReceiptExplanation.Explain(export, receipt)));
        return Ending.Done;
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
