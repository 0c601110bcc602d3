using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gaib.Bench.Report;

/// <summary>Writes rows for people or for programs.</summary>
internal static class ReportWriter
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>One object: the command, the machine, the rows.</summary>
    public static string ToJson(string command, int rounds, Machine machine, IEnumerable<Row> rows) =>
        JsonSerializer.Serialize(new { command, rounds, machine, rows }, Json);

    /// <summary>A table of Markdown, which is read as it stands, too.</summary>
    public static string ToTable(string command, int rounds, Machine machine, IReadOnlyCollection<Row> rows)
    {
        string[] head = ["what", "unit", "ours: median (min to max)", "beside", "median (min to max)", "ratio"];
        var cells = rows.Select(row => new[]
        {
            row.Name, row.Unit, TextOf(row.Ours), row.PeerName ?? "", row.Peer is { } peer ? TextOf(peer) : "",
            row.Ratio is { } ratio ? Number(ratio) : "",
        }).Prepend(head).ToArray();
        var widths = head.Select((_, column) => cells.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder().Append("command: ").AppendLine(command).Append(machine).AppendLine()
            .Append("rounds: ").Append(rounds.ToString(CultureInfo.InvariantCulture)).AppendLine("; ratio: our median over the other's").AppendLine();
        foreach (var (line, index) in cells.Select((line, index) => (line, index)))
        {
            text.Append("| ").AppendJoin(" | ", line.Select((cell, column) => cell.PadRight(widths[column]))).AppendLine(" |");
            if (index == 0)
            {
                text.Append('|').AppendJoin('|', widths.Select(width => new string('-', width + 2))).AppendLine("|");
            }
        }

        return text.ToString();
    }

    private static string TextOf(Spread spread) => spread.Min == spread.Max
        ? Number(spread.Median)
        : $"{Number(spread.Median)} ({Number(spread.Min)} to {Number(spread.Max)})";

    private static string Number(double value) => value.ToString(
        Math.Abs(value) switch { >= 100 => "N0", >= 10 => "N1", >= 0.1 => "N2", 0 => "N0", _ => "G3" }, CultureInfo.InvariantCulture);
}
